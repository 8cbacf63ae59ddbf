#!lua flags=allow-oom
-- Keeps what somebody has decided about a provider, unless another was faster.
--
-- KEYS[1]  circuit:<provider>:<fingerprint>  HASH, no expiry
-- ARGV     now, age, input {revision, fields, change, reason, host} (prelude)
--          revision: of the state that was decided upon; change: '' or what happened, for the events
-- Returns  1, or 0 when the circuit is another by now
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision')) or 0
-- What is none of ours is read as none (StoredNumber), or nobody could ever decide again.
if not (math.abs(revision) <= 1e14) then revision = 0 end
if revision ~= input.revision then return 0 end
local id, before = KEYS[1]:sub(#prefix + 9), redis.call('HGET', KEYS[1], 'state') or 'closed'
redis.call('SADD', prefix .. 'circuits', id)
for name, value in pairs(input.fields) do redis.call('HSET', KEYS[1], name, value) end
redis.call('HSET', KEYS[1], 'revision', whole(input.revision + 1))
if input.fields.state ~= before then
  redis.call('XADD', prefix .. 'circuit_changes', 'MAXLEN', '~', 1000, '*', 'provider', id, 'state', input.fields.state,
    'reason', input.fields.reason, 'message', input.fields.message, 'at', iso(now))
end
if input.change ~= '' then
  count('claude_circuit_changes_total{state="' .. input.change .. '"}')
  tell('circuit_' .. input.change, id, input.reason)
end
return 1
