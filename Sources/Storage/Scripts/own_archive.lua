#!lua flags=allow-oom
-- Takes or renews the right to be the one companion that writes a pool's archive, ingests and drains.
--
-- KEYS[1]  archive_owner  STRING, expires
-- ARGV     now, age, input {owner, archive_id, ttl_ms} (prelude)
-- Returns  {'owner', known} | {'standby', owner} | {'foreign', archive id}
--          known: 1 when Redis knows this archive, 0 when it has forgotten it (restore, then say so with `adopt_archive`)
local archive = redis.call('GET', prefix .. 'archive')
if archive and archive ~= input.archive_id then return {'foreign', archive} end
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= input.owner then return {'standby', owner} end
redis.call('SET', KEYS[1], input.owner, 'PX', whole(input.ttl_ms))
if not owner then tell('owner', '', input.owner) end
return {'owner', archive and 1 or 0}
