#!lua flags=allow-oom
-- A resume failed. The binding goes, unless something explains it (`is_kept`) and it is the first refusal in a row. Told twice,
-- it counts once: what the client's own last hook told of the same attempt is taken over.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH
-- ARGV     now, age, input (prelude): news of the session
-- Returns  'dropped', 'kept', or 'unbound' when the key has another session or none
local key = KEYS[2]
local bound, candidate = unpack(redis.call('HMGET', key, 'session_id', 'candidate_id'))
if bound ~= id and candidate ~= id then return 'unbound' end
local before = read(self)
if not later(at, this_event(), before.last_used_ms, before.last_event) then return 'unbound' end
local refusals, is_known = refuse(before, 'caller')
if not refusals then return 'unbound' end
if news.is_kept and refusals < 2 then
  if not is_known then tell('resume_failed', id, 'kept') end
  return 'kept'
end
drop(key, id, 'failed')
return 'dropped'
