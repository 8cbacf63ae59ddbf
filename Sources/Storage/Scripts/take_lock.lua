#!lua flags=allow-oom
-- Takes or renews the right to dispatch a key, for other hosts to see. The taker holds the key's file lock on its own
-- host, so an owner of the same host is dead.
--
-- KEYS[1]  lock:<dispatch key>  STRING
-- ARGV     now, age, input {owner, host, ttl_ms} (prelude)
-- Returns  1 when it is ours, else the owner
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= input.owner and owner:sub(1, #input.host + 1) ~= input.host .. ':' then return owner end
redis.call('SET', KEYS[1], input.owner, 'PX', whole(input.ttl_ms))
return 1
