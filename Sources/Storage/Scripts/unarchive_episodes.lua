#!lua flags=allow-oom
-- The archive has lost these episodes, or never had them: they are to be taken in again.
--
-- KEYS[1]  unarchived  ZSET
-- ARGV     now, age, input {ids} (prelude)
-- Returns  how many there are of them
local there = 0
for _, id in ipairs(input.ids) do
  local key = episode_key(id)
  if redis.call('EXISTS', key) == 1 then
    redis.call('HSET', key, 'archived', '0')
    redis.call('ZADD', unarchived, redis.call('HGET', key, 'captured_ms') or whole(now), id)
    there = there + 1
  end
end
return there
