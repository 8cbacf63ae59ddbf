#!lua flags=allow-oom
-- Takes or renews the right to dispatch a key, or to drive a session, for others to see. What is known of the dead is the
-- taker's to say: it holds the file lock of its host, so an owner of the same host and boot is dead.
--
-- KEYS[1]  lock:<dispatch key> or session_lock:<session id>  STRING
-- ARGV     now, age, input {owner, dead: what owners begin with that are dead, ttl_ms} (prelude)
-- Returns  1 when it is ours, else the owner
local owner = redis.call('GET', KEYS[1])
-- Ours end by themselves; one that does not is nobody's.
local ends = owner and redis.call('PTTL', KEYS[1]) > 0
if owner and ends and owner ~= input.owner and owner:sub(1, #input.dead) ~= input.dead then return owner end
redis.call('SET', KEYS[1], input.owner, 'PX', whole(input.ttl_ms))
return 1
