#!lua
-- Puts archived episodes on the schedule that are not there: from the backlog as there is room, or because Redis forgot
-- them. What is there already, or was finished, is left as it is.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {limit, episodes: [{id, fields}]} (prelude), then each content
--          limit: episodes the queue may hold; fields: name → text, as they were captured
-- Returns  for each: 'restored' | 'there' | 'done' | 'full'
local queued = redis.call('ZCARD', schedule) + redis.call('ZCARD', leases) + redis.call('ZCARD', dead)
local answer = {}
for index, episode in ipairs(input.episodes) do
  local key = episode_key(episode.id)
  if redis.call('EXISTS', key) == 1 then
    answer[index] = 'there'
  elseif redis.call('ZSCORE', done, episode.id) then
    answer[index] = 'done'
  elseif queued >= input.limit then
    answer[index] = 'full'
  else
    for name, value in pairs(episode.fields) do redis.call('HSET', key, name, value) end
    redis.call('HSET', key, 'content', ARGV[3 + index], 'archived', '1', 'needs_reprocessing', '1', 'attempts', '0')
    redis.call('HSETNX', key, 'retry_count', '0')
    set_due(episode.id, now)
    await(episode.id)
    queued = queued + 1
    answer[index] = 'restored'
  end
end
return answer
