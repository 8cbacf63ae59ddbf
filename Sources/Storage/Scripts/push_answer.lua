#!lua
-- Adds an answer that its transcript never received, as an episode of its own. It covers no bytes and moves no cursor;
-- told twice, it is there once.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, input {limit, path, session_id, dispatch_key, group_id, host, episodes: [one]}, its content
-- Returns  {'pushed', 0, 0} | {'full', count}
local episode = input.episodes[1]
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('ZSCORE', prefix .. 'done', episode.id) then
  return {'pushed', 0, 0}
end
local queued = redis.call('ZCARD', prefix .. 'schedule') + redis.call('ZCARD', prefix .. 'leases')
  + redis.call('ZCARD', prefix .. 'dead')
if queued >= input.limit then return {'full', queued} end
add_episode(episode, ARGV[4])
return {'pushed', 0, 0}
