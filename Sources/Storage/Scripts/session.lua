-- Shared by the scripts that tell of a session's life; follows the prelude.

local news = input
local id = news.session_id
local self = session_key(id)

-- The binding that the news concerns: that of the session's own key, with the age that is allowed there, where a folder's was
-- told.
local function home(key)
  local name = key and home_of(id, news.dispatch_key)
  if not key or name == news.dispatch_key then return key end
  key = prefix .. 'binding:' .. name
  local rest, used = redis.call('PTTL', key), tonumber(redis.call('HGET', key, 'last_used_ms'))
  -- As keep_binding has reckoned it: the folder's own age says nothing of the key's agent.
  if used and rest > 0 then news.max_session_age_ms = math.max(1, now + rest - used - day_ms) end
  news.dispatch_key = name
  return key
end

-- How a turn ended. One that the API refused for what stands in the conversation counts, class by class, in a row; an answer
-- ends the row, and the usage limit of its account. What is passing does neither.
local function weigh(old)
  local failure = news.failure
  if not failure then
    redis.call('HDEL', self, 'failures', 'failure', 'failed_at')
  elseif failure ~= 'passing' then
    local row = old.failure == failure and tonumber(old.failures) or 0
    redis.call('HSET', self, 'failures', whole(row + 1), 'failure', failure, 'failed_at', iso(at))
  end
  if not news.credential then return end
  local limit = prefix .. 'limit:' .. news.credential
  local told = tonumber((redis.call('GET', limit) or ''):match('^%d+ (%d+)$'))
  if news.limited_until_ms and news.limited_until_ms > now then
    redis.call('SET', limit, whole(news.limited_until_ms) .. ' ' .. whole(at), 'PX', whole(news.limited_until_ms - now))
  elseif told and not failure and at >= told then
    redis.call('DEL', limit)
  end
end

-- Writes what the news tells of its session. Answers the record and whether the news is the latest of it: older and
-- repeated news fills empty fields only.
local function record(state)
  local old = read(self)
  local fresh = later(at, this_event(), old.last_used_ms, old.last_event)
  local set = {}
  local function put(field, value, always)
    if value and value ~= '' and ((always and fresh) or not old[field]) then
      old[field] = value
      set[#set + 1] = field
      set[#set + 1] = value
    end
  end
  local started = news.kind == 'started'
  -- A start that was told late knows better than a guess.
  if started and old.source == 'fork?' then old.source = nil end
  put('dispatch_key', not news.nested and news.dispatch_key, true)
  put('cwd', news.cwd, true)
  put('config_dir', news.config_dir, true)
  put('host', news.host, true)
  put('projects_folder', news.transcript == 'found' and news.projects_folder, true)
  put('model', news.model, true)
  -- A resume from another folder names a file that does not exist; a path that was seen is right.
  put('transcript_path', news.transcript_path, news.transcript == 'found')
  if news.source ~= 'compact' then put('source', news.source, true) end
  -- Whoever prompts it drives it; an end or a sub-agent's stop says nothing new of that.
  local drives = started or news.kind == 'prompted'
  if news.process then
    put('pid', whole(news.process.pid), drives)
    put('pid_start', whole(news.process.start_ticks), drives)
    put('pid_space', news.process_space, drives)
  end
  put('started_at', started and iso(at))
  put('state', state, true)
  if state == 'ended' then
    put('ended_at', iso(at), true)
    put('end_reason', news.reason, true)
  end
  if fresh then
    put('last_used_at', iso(at), true)
    put('last_used_ms', whole(at), true)
    put('last_event', this_event(), true)
  end
  if #set > 0 then redis.call('HSET', self, unpack(set)) end
  if fresh then
    if state and state ~= 'ended' then
      redis.call('HDEL', self, 'ended_at', 'end_reason', 'refusals', 'refused_at', 'refused_ms', 'refused_event', 'refused_in',
        'refused_by')
    end
    if news.kind == 'stopped' then
      add(self, 'turns', 1)
      weigh(old)
    end
    if started and news.source == 'resume' then add(self, 'resumes', 1) end
    redis.call('ZADD', prefix .. 'sessions', whole(at), id)
    if state == 'ended' then redis.call('ZREM', prefix .. 'open', id) else redis.call('ZADD', prefix .. 'open', whole(at), id) end
  end
  keep_session(id, news.max_session_age_ms)
  return old, fresh
end

-- Notes that a client refused to resume the session. `teller` is 'client' for its own last hook, which is told first, or
-- 'caller', who takes over what the hook told of the same attempt. Answers how many refusals in a row that makes, nothing when
-- this one is older than what is known; and whether the hook had told of it.
local function refuse(before, teller)
  if not later(at, this_event(), before.refused_ms, before.refused_event) then return end
  local refusals = tonumber(before.refusals) or 0
  local is_known = teller == 'caller' and before.refused_by == 'client'
  if not is_known then
    refusals = refusals + 1
    count('claude_session_resume_failures_total')
  end
  redis.call('HSET', self, 'refusals', whole(refusals), 'refused_at', iso(at), 'refused_ms', whole(at), 'refused_event', this_event(),
    'refused_in', news.cwd or '', 'refused_by', teller)
  keep_session(id, news.max_session_age_ms)
  return refusals, is_known
end

-- The same where it counts for nothing: so that who tried it hears that it was no use.
local function note_refusal(before)
  if not later(at, this_event(), before.refused_ms, before.refused_event) then return end
  redis.call('HSET', self, 'refused_at', iso(at), 'refused_ms', whole(at), 'refused_event', this_event(), 'refused_in', news.cwd or '')
  redis.call('HDEL', self, 'refused_by')
end

-- A client started by the session that has the key is nested in it and leaves the key alone. It inherits that
-- session's id; where it did not, the session's process is among its ancestors.
local function nested(binding)
  if news.outer_session then
    local outer = redis.call('HGET', session_key(news.outer_session), 'dispatch_key')
    if not outer or outer == news.dispatch_key then return true end
  end
  for _, holder in ipairs({binding.session_id or false, binding.candidate_id or false}) do
    if holder and holder ~= id then
      local host, pid, start = unpack(redis.call('HMGET', session_key(holder), 'host', 'pid', 'pid_start'))
      for _, ancestor in ipairs(news.ancestors or {}) do
        if host == news.host and pid == whole(ancestor.pid) and start == whole(ancestor.start_ticks) then return true end
      end
    end
  end
  return false
end

local function teller()
  local process = news.process
  return process and (news.host .. ' ' .. whole(process.pid) .. ' ' .. whole(process.start_ticks)) or ''
end

-- Clients like 2.1.139 fork without a word: the process starts by resuming the parent and goes on under an id that was
-- never started. Such an id is taken for a fork of the session that process resumed, until its start is told. Where that
-- process brought the parent to the key, the parent was never the key's own: what it goes on with replaces it.
local function note_silent_fork(binding)
  local holder = binding.session_id
  if not holder or holder == id or not news.process or news.source == 'job' then return end
  local source, started = unpack(redis.call('HMGET', self, 'source', 'started_at'))
  if source or started then return end
  local host, pid, start, how = unpack(redis.call('HMGET', session_key(holder), 'host', 'pid', 'pid_start', 'source'))
  local same = host == news.host and pid == whole(news.process.pid) and start == whole(news.process.start_ticks)
  if same and how == 'resume' and binding.bound_by ~= teller() then news.source = 'fork?' end
end

local function is_fork(source) return source == 'fork' or source == 'fork?' end

local function bind(key, binding, session)
  redis.call('HSET', key, 'session_id', id, 'last_used_at', iso(session.last_used_ms), 'last_used_ms', session.last_used_ms,
    'host', session.host or '', 'config_dir', session.config_dir or '', 'cwd', session.cwd or '',
    'transcript_path', session.transcript_path or '')
  if binding.session_id ~= id then
    redis.call('HSET', key, 'bound_at', iso(now), 'bound_by', teller())
    count('claude_session_bindings_total')
    tell('bound', id, session.source)
  end
  local other = binding.candidate_id
  if other then
    local ms, event = unpack(redis.call('HMGET', session_key(other), 'last_used_ms', 'last_event'))
    if other == id or not later(ms or 0, event, session.last_used_ms, session.last_event) then
      redis.call('HDEL', key, 'candidate_id')
    end
  end
  keep_binding(key, session.last_used_ms, news.max_session_age_ms)
end

-- Moves the binding to this session when it is known to be resumable and the latest of its key; otherwise notes it as
-- the candidate. `session` is its record.
local function consider(key, binding, session, resumable)
  local ms, event = session.last_used_ms, session.last_event
  if not ms or not later(ms, event, session.dropped_ms, session.dropped_event) then return end
  local cleared_ms, cleared_event = (redis.call('GET', prefix .. 'cleared:' .. news.dispatch_key) or ''):match('^(%d+) ?(.*)$')
  if not later(ms, event, cleared_ms, cleared_event) then return end

  local bound = binding.session_id
  if bound == id then return bind(key, binding, session) end
  local fork, stronger = is_fork(session.source), false
  if bound then
    local holder_ms, holder_event, holder_source = unpack(redis.call('HMGET', session_key(bound), 'last_used_ms', 'last_event', 'source'))
    local weak = is_fork(holder_source) and not fork
    stronger = not fork and (weak or later(ms, event, holder_ms or binding.last_used_ms, holder_event or ''))
    if not stronger then return end
  end
  if resumable then return bind(key, binding, session) end
  local candidate = binding.candidate_id
  if candidate and candidate ~= id then
    local other_ms, other_event = unpack(redis.call('HMGET', session_key(candidate), 'last_used_ms', 'last_event'))
    if not later(ms, event, other_ms, other_event) then return end
  end
  redis.call('HSET', key, 'candidate_id', id)
  if not bound then keep_binding(key, ms, news.max_session_age_ms) end
end

-- What the key has now: session id, candidate id, and whether this news was the latest of its session.
local function answer(key, fresh)
  local bound, candidate
  -- Of the key that was told of: that is what the caller's mirror has.
  if key then bound, candidate = unpack(redis.call('HMGET', KEYS[2], 'session_id', 'candidate_id')) end
  return {bound or '', candidate or '', fresh and 1 or 0}
end
