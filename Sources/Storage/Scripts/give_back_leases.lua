#!lua flags=allow-oom
-- Puts episodes back on the schedule without a word against them: due again after delay_ms.
--
-- KEYS[1]  leases  ZSET
-- ARGV     now, age, input {delay_ms, leases: [{id, token}]} (prelude)
-- Returns  for each: 'held' (and given back) | 'lost' | 'discarded' | 'gone'
local answer = {}
for index, lease in ipairs(input.leases) do
  local state = holding(lease.id, lease.token)
  if state == 'held' then
    put_down(lease.id)
    set_due(lease.id, now + input.delay_ms)
  end
  answer[index] = state
end
return answer
