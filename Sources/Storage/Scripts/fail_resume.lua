#!lua flags=allow-oom
-- A resume failed. The binding goes, unless the transcript exists after all (`is_kept`). Told twice, it counts once.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH
-- ARGV     now, age, input (prelude): news of the session
-- Returns  'dropped', 'kept', or 'unbound' when the key has another session or none
local news = input
local key, id = KEYS[2], news.session_id
local bound, candidate = unpack(redis.call('HMGET', key, 'session_id', 'candidate_id'))
if bound ~= id and candidate ~= id then return 'unbound' end
local used_ms, used_event = unpack(redis.call('HMGET', KEYS[1], 'last_used_ms', 'last_event'))
if not later(at, this_event(), used_ms, used_event) then return 'unbound' end
count('claude_session_resume_failures_total')
if news.is_kept then
  tell('resume_failed', id, 'kept')
  return 'kept'
end
drop(key, id, 'failed')
return 'dropped'
