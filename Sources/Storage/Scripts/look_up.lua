#!lua flags=allow-oom
-- What a dispatch key has. A binding unused for longer than the maximum age is dropped on the way.
--
-- KEYS[1]  binding:<dispatch key>  HASH
-- KEYS[2]  lock:<dispatch key>     STRING
--          session_lock:<id>       STRING, of the session that the key has
--          limit:<credential>      STRING, where the input names one
-- ARGV     now, age, input {dispatch_key, max_session_age_ms, peek, credential} (prelude)
-- Returns  {expired session id or '', binding, its session, the candidate's session, lock owner or '', now,
--          end of the account's usage limit (ms) or ''}; hashes flat
local binding = read(KEYS[1])
local expired = ''
if binding.session_id and now - tonumber(binding.last_used_ms) > input.max_session_age_ms then
  expired = binding.session_id
  if not input.peek then
    drop(KEYS[1], expired, 'expired')
    binding = read(KEYS[1])
  end
end
if not input.peek then count('claude_session_lookups_total') end
local limited = input.credential and (redis.call('GET', prefix .. 'limit:' .. input.credential) or ''):match('^%d+')
local function flat(id) return id and redis.call('HGETALL', session_key(id)) or {} end
return {expired, redis.call('HGETALL', KEYS[1]), flat(binding.session_id), flat(binding.candidate_id),
  redis.call('GET', KEYS[2]) or binding.session_id and redis.call('GET', prefix .. 'session_lock:' .. binding.session_id) or '',
  whole(now), limited and tonumber(limited) > now and limited or ''}
