#!lua flags=allow-oom
-- Keeps what somebody has found of a tool, unless another was faster.
--
-- KEYS[1]  tool:<name>  HASH, expires 7 days after the last call
-- ARGV     now, age, input {revision, fields, change, reason, host, told} (prelude)
--          revision: of the state that was decided upon; change: '' or the state it has come to, for the events;
--          told: the session that is told of it, if one is
-- Returns  1, or 0 when it is another by now
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision')) or 0
-- What is none of ours is read as none (StoredNumber), or nobody could ever decide again.
if not (math.abs(revision) <= 1e14) then revision = 0 end
if revision ~= input.revision then return 0 end
local name = KEYS[1]:sub(#prefix + 6)
for field, value in pairs(input.fields) do redis.call('HSET', KEYS[1], field, value) end
redis.call('HSET', KEYS[1], 'revision', whole(input.revision + 1))
redis.call('PEXPIRE', KEYS[1], whole(7 * day_ms))
redis.call('ZADD', prefix .. 'tools', whole(now), name)
redis.call('ZREMRANGEBYSCORE', prefix .. 'tools', '-inf', '(' .. whole(now - 7 * day_ms))
if input.told ~= '' then
  local told = prefix .. 'told_tools:' .. input.told
  redis.call('HSET', told, name, whole(now))
  redis.call('PEXPIRE', told, whole(day_ms))
end
if input.change ~= '' then
  count('claude_tool_changes_total{state="' .. input.change .. '"}')
  tell('tool_' .. input.change, '', name .. ' ' .. input.reason)
end
return 1
