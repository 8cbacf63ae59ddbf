#!lua flags=allow-oom
-- A companion says that it lives.
--
-- KEYS[1]  companion:<host>  HASH, expires after 30 s
-- ARGV     now, age, input {pid, version, schema, oldest_schema, started_ms, wall_ms, pool, facts, last} (prelude);
--          schema: what it writes, oldest_schema: the oldest that may work beside it; wall_ms: what its clock says; last:
--          it stops, and is not to be missed
-- Returns  1; where a newer version has taken this Redis over: {schema, oldest, version} as that told, and nothing is
--          written
local all = prefix .. 'companions'
if input.last then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', all, KEYS[1]:sub(#prefix + 11))
  return 1
end
local schema = prefix .. 'schema'
-- What a hand put there in another form is replaced.
if redis.call('TYPE', schema).ok ~= 'hash' then redis.call('DEL', schema) end
local told = read(schema)
if input.schema < (position(told.oldest) or 0) then
  return {told.schema or '', told.oldest, told.version or ''}
end
if input.schema > (position(told.schema) or 0) then
  redis.call('HSET', schema, 'schema', whole(input.schema), 'oldest', whole(input.oldest_schema), 'version', input.version)
end
local fields = {'pid', whole(input.pid), 'version', input.version, 'started_at', iso(input.started_ms), 'started_ms',
  whole(input.started_ms), 'beat_at', iso(now), 'clock_ahead_ms', whole(input.wall_ms - now), 'pool', input.pool}
for name, value in pairs(input.facts) do
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('PEXPIRE', KEYS[1], 30000)
redis.call('ZADD', all, whole(now), KEYS[1]:sub(#prefix + 11))
redis.call('ZREMRANGEBYSCORE', all, '-inf', whole(now - 7 * day_ms))
return 1
