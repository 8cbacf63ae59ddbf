#!lua flags=allow-oom
-- Makes room: archived episodes that nobody works on leave Redis for the archive's backlog, those due last first. The
-- archive has already noted that they are in the backlog; what is not evicted here it takes back.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, news {ids} (prelude)
-- Returns  the ids that left
local gone = {}
for _, id in ipairs(news.ids) do
  local key = episode_key(id)
  if redis.call('HGET', key, 'archived') == '1' and redis.call('ZREM', schedule, id) == 1 then
    redis.call('DEL', key)
    gone[#gone + 1] = id
  end
end
return gone
