#!lua
-- Takes in an episode of another pool, as it was captured there; the caller forgets it there afterwards.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {id, limit, fields} (prelude), then the content
--          limit: episodes the queue may hold; fields: name → text, as they were captured
-- Returns  'adopted' | 'there' | 'full'
local key = episode_key(input.id)
if redis.call('EXISTS', key) == 1 then return 'there' end
local queued = redis.call('ZCARD', schedule) + redis.call('ZCARD', leases) + redis.call('ZCARD', dead)
if queued >= input.limit then return 'full' end
for name, value in pairs(input.fields) do redis.call('HSET', key, name, value) end
redis.call('HSET', key, 'content', ARGV[4], 'archived', '0', 'attempts', '0', 'retry_count', '0')
set_due(input.id, now)
await(input.id)
redis.call('ZADD', unarchived, redis.call('HGET', key, 'captured_ms') or whole(now), input.id)
count('claude_episodes_captured_total')
tell_episode('captured', input.id)
return 'adopted'
