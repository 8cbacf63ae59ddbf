#!lua
-- A session ended. The end of a process that never started it was a resume that failed.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}
local key = home(KEYS[2])
local binding = key and read(key) or {}
local before = read(self)
local known = news.process and before.pid == whole(news.process.pid) and before.pid_start == whole(news.process.start_ticks)
-- Where neither side names a process, nothing says that it was another one.
if not news.process and not before.pid then known = before.state ~= nil end

-- The end of a process that never had the session says nothing about it, neither where it is nor that it ended; no more than
-- that this process was refused.
if not known and news.start_is_not_pending then
  if not later(at, this_event(), before.last_used_ms, before.last_event) then return answer(key, false) end
  -- Of a session that nobody ended a process may live, and the client refuses what another one has.
  local may_live = before.pid and before.state ~= 'ended' or news.is_held
  -- A look into another folder than the one the session was made in says nothing of its transcript: another configuration of
  -- the client, or a projects folder that is not mounted.
  local other_config = before.config_dir and before.config_dir ~= news.config_dir
  local other_folder = before.projects_folder and before.projects_folder ~= news.projects_folder
  local is_gone = news.transcript == 'absent' and not (before.host == news.host and (other_config or other_folder))
  local home = before.dispatch_key
  if home and (home == news.dispatch_key or before.host ~= news.host) then home = nil end
  local dropped = false
  if is_gone then
    dropped = key and drop(key, id, 'failed')
    if home then dropped = drop(prefix .. 'binding:' .. home, id, 'failed') or dropped end
    if dropped then refuse(before, 'client') end
  elseif before.state and not may_live and not other_config then
    -- An id that means nothing here (old clients send a random one) leaves no record behind.
    local refusals = refuse(before, 'client')
    if refusals and refusals >= 2 then
      dropped = key and drop(key, id, 'failed')
      if home then dropped = drop(prefix .. 'binding:' .. home, id, 'failed') or dropped end
    elseif refusals then
      tell('resume_failed', id, 'kept')
    end
  end
  -- Of what may live elsewhere no refusal counts; whoever tried it hears of it.
  if may_live and before.state and not is_gone and not news.is_held then note_refusal(before) end
  return answer(key, dropped)
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
