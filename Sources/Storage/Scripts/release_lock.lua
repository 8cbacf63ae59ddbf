#!lua flags=allow-oom
-- Gives the right to dispatch a key back, if it is ours.
--
-- KEYS[1]  lock:<dispatch key>  STRING
-- ARGV     now, age, input {owner} (prelude)
-- Returns  1 when it was ours, else 0
if redis.call('GET', KEYS[1]) == input.owner then return redis.call('DEL', KEYS[1]) end
return 0
