#!lua flags=allow-oom
-- A person gives the pool to an archive: the one that it belonged to does not take it back.
--
-- KEYS[1]  archive_owner  STRING
-- ARGV     now, age, input {archive_id} (prelude)
-- Returns  '' when it is given, or the companion that serves the pool
local owner = redis.call('GET', KEYS[1])
if owner then return owner end
redis.call('SET', prefix .. 'archive', input.archive_id)
-- What the other held is not this one's.
redis.call('HSET', prefix .. 'archive_epoch', 'by_hand', input.archive_id, 'episodes', '0')
redis.call('HDEL', prefix .. 'archive_epoch', 'lost_episodes', 'lost_ms')
return ''
