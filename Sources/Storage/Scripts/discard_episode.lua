#!lua flags=allow-oom
-- Gives up what an episode says. Its hash stays, without the text, so that the ledger knows the span, until the archive
-- has recorded it; it never comes back.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, input {id}
-- Returns  1 when it was discarded, 0 when there is no such episode or it is discarded already
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HEXISTS', KEYS[1], 'discarded_at') == 1 then return 0 end
for _, set in ipairs({'schedule', 'leases', 'dead', 'pending', 'failed'}) do redis.call('ZREM', prefix .. set, input.id) end
redis.call('HDEL', KEYS[1], 'content', 'lease_token', 'next_retry_at')
redis.call('HSET', KEYS[1], 'discarded_at', iso(now), 'needs_reprocessing', '0')
redis.call('ZADD', prefix .. 'unarchived', 'NX', whole(now), input.id)
add(prefix .. 'counters', 'claude_episodes_discarded_total', 1)
tell_episode('discarded', input.id)
return 1
