#!lua flags=allow-oom
-- A session cannot be resumed, and its key keeps it: the key's next fresh start may carry its conversation over.
--
-- KEYS[1]  carry:<dispatch key>  HASH
-- ARGV     now, age, input {dispatch_key, session_id, reason} (prelude)
-- Returns  1 when there is a conversation to carry over
return let_carry(input.dispatch_key, input.session_id, input.reason) and 1 or 0
