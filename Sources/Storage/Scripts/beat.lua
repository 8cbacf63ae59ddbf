#!lua flags=allow-oom
-- A companion says that it lives.
--
-- KEYS[1]  companion:<host>  HASH, expires after 30 s
-- ARGV     now, age, input {pid, version, started_ms, facts, last} (prelude); last: it stops, and is not to be missed
-- Returns  1
local all = prefix .. 'companions'
if input.last then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', all, KEYS[1]:sub(#prefix + 11))
  return 1
end
local fields = {'pid', whole(input.pid), 'version', input.version, 'started_at', iso(input.started_ms), 'started_ms',
  whole(input.started_ms), 'beat_at', iso(now)}
for name, value in pairs(input.facts) do
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('PEXPIRE', KEYS[1], 30000)
redis.call('ZADD', all, whole(now), KEYS[1]:sub(#prefix + 11))
redis.call('ZREMRANGEBYSCORE', all, '-inf', whole(now - 7 * day_ms))
return 1
