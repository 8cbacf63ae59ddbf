#!lua flags=allow-oom
-- Keeps leases for longer while their work goes on.
--
-- KEYS[1]  leases  ZSET
-- ARGV     now, age, input {lease_ms, leases: [{id, token}]} (prelude)
-- Returns  for each: 'held' | 'lost' | 'discarded' | 'gone'
local answer = {}
for index, lease in ipairs(input.leases) do
  local state = holding(lease.id, lease.token)
  -- One that ran out and that nobody has taken is still ours.
  if state == 'held' then redis.call('ZADD', leases, whole(now + input.lease_ms), lease.id) end
  answer[index] = state
end
return answer
