#!lua flags=allow-oom
-- Somebody ends a conversation by hand: nothing of it is carried over, and what is read of it late does not come back.
--
-- KEYS[1]  conversation:<dispatch key>  LIST
-- ARGV     now, age, input {dispatch_key, kept_ms} (prelude): how long a session of the key may be told of
-- Returns  1 when there was one
local was_there = redis.call('DEL', KEYS[1])
forget_carry(input.dispatch_key)
redis.call('SET', prefix .. 'conversation_cleared:' .. input.dispatch_key, whole(now), 'PX', whole(input.kept_ms))
return was_there
