#!lua flags=allow-oom
-- Makes room: archived episodes that nobody works on leave Redis for the archive's backlog, those due last first, and
-- dead letters whose cause was the provider. The archive has already noted that they are in the backlog; what is not
-- evicted here it takes back. Those that failed leave, too, or a queue full of them would keep new ones from the archive:
-- the archive knows their retries. Those that killed a worker stay: the backlog knows nothing of that.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {ids} (prelude)
-- Returns  the ids that left
local gone = {}
for _, id in ipairs(input.ids) do
  local key = episode_key(id)
  local archived, attempts = unpack(redis.call('HMGET', key, 'archived', 'attempts'))
  local is_fresh = (tonumber(attempts) or 0) == 0
  if archived == '1' and (is_fresh and redis.call('ZREM', schedule, id) == 1 or redis.call('ZREM', dead, id) == 1) then
    redis.call('DEL', key)
    redis.call('ZREM', pending, id)
    redis.call('ZREM', failed, id)
    gone[#gone + 1] = id
  end
end
return gone
