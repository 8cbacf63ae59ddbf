#!lua flags=allow-oom
-- Forgets a session: its record goes, and its keys have it no more. Older news never binds them again.
--
-- KEYS[1]  session:<id>  HASH
-- ARGV     now, age, input {session_id, dispatch_keys, host, max_session_age_ms} (prelude); dispatch_keys: that may have it,
--          beside the one that its record names
-- Returns  1 when there was something to forget, else 0
local id, found = input.session_id, redis.call('EXISTS', KEYS[1])
local keys = input.dispatch_keys
keys[#keys + 1] = redis.call('HGET', KEYS[1], 'dispatch_key') or nil
for _, dispatch_key in ipairs(keys) do
  input.dispatch_key = dispatch_key
  if drop(prefix .. 'binding:' .. dispatch_key, id, 'manual') then
    found = 1
    forget_older(dispatch_key)
  end
end
redis.call('DEL', KEYS[1])
for _, set in ipairs({'sessions', 'open'}) do redis.call('ZREM', prefix .. set, id) end
return found
