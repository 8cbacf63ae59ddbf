#!lua
-- A session's transcript was put back, or could not be. What was is as good as used now, and what its key resumes, unless that
-- has another.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session, kind 'restored'; its reason is how whole it is
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}
local key = KEYS[2]
local binding = key and read(key) or {}
count('claude_session_restores_total{outcome="' .. news.reason .. '"}')
tell('restored', id, news.reason)
if news.transcript ~= 'found' then return answer(key, false) end
local session, fresh = record('ended')
if key and (not binding.session_id or binding.session_id == id) then
  -- A person, or a dispatch, wants this one, whatever was cleared before. A note that comes late wants nothing cleared since.
  local cleared = prefix .. 'cleared:' .. news.dispatch_key
  local ms, event = (redis.call('GET', cleared) or ''):match('^(%d+) ?(.*)$')
  if later(at, this_event(), ms, event) then redis.call('DEL', cleared) end
  consider(key, binding, session, true)
end
return answer(key, fresh)
