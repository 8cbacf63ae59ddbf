#!lua flags=allow-oom
-- What becomes of an episode whose model call failed. The caller has decided (RetryPolicy); this keeps it.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, input {id, token, verdict: retry | wait | dead, delay_ms, error_type, error_message, cause} (prelude)
--          retry spends one retry, wait and dead none
-- Returns  'held' (and done) | 'lost' | 'discarded' | 'gone'
local id = input.id
local state = holding(id, input.token)
if state ~= 'held' then return state end
put_down(id)
-- What dies now is not tried again: after five retries the count is five.
if input.verdict == 'retry' then add(KEYS[1], 'retry_count', 1) end
count('claude_episode_failures_total{class="' .. input.error_type .. '"}')
count_hour('failures')
if input.verdict == 'dead' then
  bury(id, input.error_type, input.error_message, input.cause)
else
  set_due(id, now + input.delay_ms)
  note_failure(id)
  redis.call('HSET', KEYS[1], 'failed_at', iso(now), 'failed_ms', whole(now), 'error_type', input.error_type,
    'error_message', input.error_message, 'cause', input.cause)
  tell_episode('failed', id, input.error_type)
end
return 'held'
