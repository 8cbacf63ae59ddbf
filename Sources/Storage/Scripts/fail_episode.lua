#!lua flags=allow-oom
-- What becomes of an episode whose model call failed. The caller has decided (RetryPolicy); this keeps it.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, news {id, token, verdict: retry | wait | dead, delay_ms, error_type, error_message, cause} (prelude)
--          retry spends one retry, wait none
-- Returns  'held' (and done) | 'lost' | 'discarded' | 'gone'
local id = news.id
local state = holding(id, news.token)
if state ~= 'held' then return state end
put_down(id)
if news.verdict ~= 'wait' then redis.call('HINCRBY', KEYS[1], 'retry_count', 1) end
count('claude_episode_failures_total{class="' .. news.error_type .. '"}')
if news.verdict == 'dead' then
  bury(id, news.error_type, news.error_message, news.cause)
else
  set_due(id, now + news.delay_ms)
  note_failure(id)
  redis.call('HSET', KEYS[1], 'failed_at', iso(now), 'failed_ms', whole(now), 'error_type', news.error_type,
    'error_message', news.error_message, 'cause', news.cause)
  tell_episode('failed', id, news.error_type)
end
return 'held'
