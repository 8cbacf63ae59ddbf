#!lua flags=allow-oom
-- Makes episodes due now because a person says so. The dead get all their retries anew.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {ids} (prelude)
-- Returns  for each: 'scheduled' | 'leased' (it is being worked on) | 'discarded' | 'gone'
local answer = {}
for index, id in ipairs(input.ids) do
  local key = episode_key(id)
  if redis.call('EXISTS', key) == 0 then
    answer[index] = 'gone'
  elseif redis.call('HEXISTS', key, 'discarded_at') == 1 then
    answer[index] = 'discarded'
  elseif redis.call('ZSCORE', leases, id) then
    answer[index] = 'leased'
  else
    if redis.call('ZREM', dead, id) == 1 then
      redis.call('HSET', key, 'retry_count', '0', 'attempts', '0', 'revived', '0')
      await(id)
    end
    set_due(id, now)
    tell_episode('retried', id)
    answer[index] = 'scheduled'
  end
end
return answer
