#!lua
-- A session ended. One whose process never started it and whose transcript is nowhere was a resume that failed.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}
local key = KEYS[2]
local binding = key and read(key) or {}
local before = read(self)
local known = news.process and before.pid == whole(news.process.pid) and before.pid_start == whole(news.process.start_ticks)

if news.transcript ~= 'found' and not known and news.start_is_not_pending then
  -- Where nobody could look, the session is left as it is: the caller knows what the client said.
  if news.transcript ~= 'absent' then return answer(key, false) end
  -- Nor does a look into another folder than the one the session was made in say anything: another configuration of the
  -- client, or a projects folder that is not mounted.
  if before.host == news.host then
    local other_config = before.config_dir and before.config_dir ~= news.config_dir
    local other_folder = before.projects_folder and before.projects_folder ~= news.projects_folder
    if other_config or other_folder then return answer(key, false) end
  end
  -- An id that means nothing here (old clients send a random one) leaves no record behind.
  if not later(at, this_event(), before.last_used_ms, before.last_event) then return answer(key, false) end
  local dropped = key and drop(key, id, 'failed')
  local home = before.dispatch_key
  if home and home ~= news.dispatch_key and before.host == news.host then
    dropped = drop(prefix .. 'binding:' .. home, id, 'failed') or dropped
  end
  if dropped then count('claude_session_resume_failures_total') end
  return answer(key, true)
end

news.nested = key and nested(binding)
note_silent_fork(binding)
local session, fresh = record('ended')
if key and not news.nested then
  if news.transcript == 'absent' then
    -- Quit without a prompt: there is nothing to resume. Should the key be bound to it, the lookup will see.
    if binding.candidate_id == id then drop(key, id, 'missing') end
  else
    consider(key, binding, session, news.transcript == 'found')
  end
end
if fresh then tell('ended', id, news.reason) end
return answer(key, fresh)
