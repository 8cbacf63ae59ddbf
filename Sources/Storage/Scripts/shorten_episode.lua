#!lua flags=allow-oom
-- Writes down what is left of an episode of which a part is forgotten. Whoever works on what it was has lost it; it is due
-- again, unless it is dead.
--
-- KEYS[1]  episode:<id>  HASH
-- ARGV     now, age, input {id, was, sha256, entries} (prelude), then what is left; was: the SHA-256 of what it was
-- Returns  1 when it was that, else 0
if redis.call('HGET', KEYS[1], 'sha256') ~= input.was or redis.call('HEXISTS', KEYS[1], 'content') == 0 then return 0 end
redis.call('HSET', KEYS[1], 'content', ARGV[4], 'sha256', input.sha256, 'entries', whole(input.entries))
-- What a provider said of it may be its words.
redis.call('HDEL', KEYS[1], 'error_message')
if redis.call('ZSCORE', leases, input.id) then
  put_down(input.id)
  set_due(input.id, now)
end
tell_episode('forgotten', input.id, 'in part')
return 1
