#!lua flags=allow-oom
-- Forgets episodes, wherever in the queue they stand. Who works on one finds that it is gone.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {ids} (prelude)
-- Returns  how many there were
local count = 0
for _, id in ipairs(input.ids) do
  if redis.call('EXISTS', episode_key(id)) == 1 then
    count = count + 1
    tell_episode('forgotten', id)
  end
  redis.call('DEL', episode_key(id))
  for _, set in ipairs({schedule, leases, dead, unarchived, pending, failed}) do redis.call('ZREM', set, id) end
end
return count
