#!lua flags=allow-oom
-- Takes episodes off the queue: their memory is stored, or none is wanted.
--
-- KEYS[1]  leases  ZSET
-- ARGV     now, age, input {episodes: [{id, token, outcome}]} (prelude); token '' for an episode that nobody leased
-- Returns  for each: 'held' (and completed) | 'lost' | 'discarded' | 'gone'
local answer = {}
for index, episode in ipairs(input.episodes) do
  local state = holding(episode.id, episode.token)
  if state == 'held' then finish(episode.id, episode.outcome) end
  answer[index] = state
end
return answer
