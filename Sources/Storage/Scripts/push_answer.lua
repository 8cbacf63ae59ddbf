#!lua
-- Adds an answer that its transcript never received, as an episode of its own. It covers no bytes and moves no cursor;
-- told twice, it is there once. Whoever tells it keeps it until it is in the archive: this Redis may come back older.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, input {limit, path, session_id, dispatch_key, group_id, host, episodes: [one]}, its content
-- Returns  {'pushed'} | {'archived'} (it is, or a person gave it up) | {'full', count}
local episode = input.episodes[1]
if redis.call('EXISTS', KEYS[1]) == 1 then
  local archived, discarded = unpack(redis.call('HMGET', KEYS[1], 'archived', 'discarded_at'))
  return {(archived == '1' or discarded) and 'archived' or 'pushed'}
end
if redis.call('ZSCORE', prefix .. 'done', episode.id) then return {'archived'} end
local queued = redis.call('ZCARD', prefix .. 'schedule') + redis.call('ZCARD', prefix .. 'leases')
  + redis.call('ZCARD', prefix .. 'dead')
if queued >= input.limit then return {'full', queued} end
add_episode(episode, ARGV[4])
return {'pushed'}
