#!lua flags=allow-oom
-- A session cannot be resumed, and its key keeps it: the key's next fresh start may carry its conversation over.
--
-- KEYS[1]  carry:<dispatch key>  HASH
-- ARGV     now, age, input {dispatch_key, session_id, reason, timeout_ms} (prelude); then, where the conversation is no longer
--          at hand, its last messages as JSON, the oldest first
-- Returns  1 when there is something to carry over
if #ARGV > 3 then
  local words = prefix .. 'carry_messages:' .. input.dispatch_key
  redis.call('DEL', words)
  for index = 4, #ARGV do redis.call('RPUSH', words, ARGV[index]) end
  redis.call('PEXPIRE', words, whole(input.timeout_ms))
end
return let_carry(input.dispatch_key, input.session_id, input.reason) and 1 or 0
