#!lua flags=allow-oom
-- Gives the archive up, so that a standby need not wait for the expiry.
--
-- KEYS[1]  archive_owner  STRING
-- ARGV     now, age, input {owner} (prelude)
-- Returns  1 when it was ours
if redis.call('GET', KEYS[1]) ~= input.owner then return 0 end
redis.call('DEL', KEYS[1])
return 1
