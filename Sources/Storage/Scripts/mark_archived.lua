#!lua flags=allow-oom
-- The archive has recorded these episodes: they may be claimed. Of a discarded one nothing is left to keep.
--
-- KEYS[1]  unarchived  ZSET
-- ARGV     now, age, input {ids} (prelude)
-- Returns  how many were not known to be archived
local marked = 0
for _, id in ipairs(input.ids) do
  local key = episode_key(id)
  marked = marked + redis.call('ZREM', unarchived, id)
  if redis.call('HEXISTS', key, 'discarded_at') == 1 then
    redis.call('DEL', key)
  elseif redis.call('EXISTS', key) == 1 then
    redis.call('HSET', key, 'archived', '1')
  end
end
return marked
