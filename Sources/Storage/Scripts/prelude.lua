-- Shared by every script; stands between its #!lua line and its body.
--
-- ARGV[1]  now (ms since 1970); empty: the server's own TIME
-- ARGV[2]  age of what is told (ms): 0 when told as it happens, more when a note is replayed
-- ARGV[3]  the input, a JSON object: news of a session, or what else the script is to know

local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local at = now - (tonumber(ARGV[2]) or 0)
local input = cjson.decode(ARGV[3])
local day_ms = 86400000

local function whole(number) return string.format('%.0f', number) end

local function iso(ms)
  local days = math.floor(ms / day_ms)
  local rest = ms - days * day_ms
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, doy - math.floor((153 * mp + 2) / 5) + 1,
    math.floor(rest / 3600000), math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end

local prefix = KEYS[1]:match('^(.-}:)') or ''

local function read(key)
  local fields, flat = {}, redis.call('HGETALL', key)
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  return fields
end

local function session_key(id) return prefix .. 'session:' .. id end

-- Adds to a counter, and answers the sum. One that is no number, or none of ours (StoredNumber), begins anew: a script must
-- not end in its middle for what a hand wrote there. Nobody else calls HINCRBY; config/lint looks.
local function add(key, field, by)
  local sum = redis.pcall('HINCRBY', key, field, whole(by))
  if type(sum) == 'number' and math.abs(sum) <= 1e14 then return sum end
  redis.call('HSET', key, field, whole(by))
  return by
end

-- A place in a file, or its generation; nil for what none can have.
local function position(text)
  local number = type(text) == 'string' and text:match('^%d+$') and tonumber(text)
  return number and number <= 1e14 and number or nil
end

local function count(counter) add(prefix .. 'counters', counter, 1) end

local function tell(what, session, reason, dispatch_key)
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', 10000, '*', 'event', what, 'session_id', session or '',
    'dispatch_key', dispatch_key or input.dispatch_key or '', 'reason', reason or '', 'host', input.host or '',
    'at', iso(at))
end

-- The same of an episode, whose hash says whose it is, as long as it is there. The reason begins with its id.
local function tell_episode(what, id, detail)
  local session, dispatch_key = unpack(redis.call('HMGET', prefix .. 'episode:' .. id, 'session_id', 'dispatch_key'))
  redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', 10000, '*', 'event', what, 'session_id', session or '',
    'dispatch_key', dispatch_key or '', 'episode_id', id, 'reason', detail and id .. ' ' .. detail or id,
    'host', input.host or '', 'at', iso(at))
end

-- Whether one moment is later than another. Within one boot the boot clock decides and the wall clock may jump as it
-- likes; otherwise milliseconds do. A moment that never was ('' or nil) is before all.
local function later(ms, event, other_ms, other_event)
  other_ms = tonumber(other_ms)
  if not other_ms then return true end
  local boot, moment = (event or ''):match('^(%S+) (%d+)$')
  local other_boot, other_moment = (other_event or ''):match('^(%S+) (%d+)$')
  if boot and boot == other_boot then return tonumber(moment) > tonumber(other_moment) end
  return tonumber(ms) > other_ms
end

local function this_event()
  local moment = input.moment
  return moment and (moment.boot_id .. ' ' .. whole(moment.boot_ms)) or ''
end

local function keep_session(id, max_age)
  redis.call('PEXPIRE', session_key(id), whole(max_age + 7 * day_ms))
end

local function dispatch_key_of(binding_key) return binding_key:sub(#prefix + 9) end

-- Under which key news of a session counts. Who continues one by hand (claude --resume ID) names none, and a folder is
-- nobody's choice: the session stays with the key that somebody named, as long as that has it.
local function home_of(id, dispatch_key)
  if not dispatch_key or not dispatch_key:match('^dir:') then return dispatch_key end
  local home = redis.call('HGET', session_key(id), 'dispatch_key')
  if not home or home:match('^dir:') then return dispatch_key end
  return redis.call('HGET', prefix .. 'binding:' .. home, 'session_id') == id and home or dispatch_key
end

local function keep_binding(key, last_used, max_age)
  local expiry = math.max(now + 1, tonumber(last_used) + max_age + day_ms)
  redis.call('PEXPIRE', key, whole(expiry - now))
  if redis.call('HEXISTS', key, 'session_id') == 1 then
    redis.call('ZADD', prefix .. 'bindings', whole(expiry), dispatch_key_of(key))
  end
end

-- The key's next fresh start may carry over what was said, where something is at hand: `id` cannot be resumed.
local function let_carry(dispatch_key, id, reason)
  local rest = math.max(
    redis.call('PTTL', prefix .. 'conversation:' .. dispatch_key), redis.call('PTTL', prefix .. 'carry_messages:' .. dispatch_key))
  if rest <= 0 then return false end
  local key = prefix .. 'carry:' .. dispatch_key
  redis.call('DEL', key)
  redis.call('HSET', key, 'reason', reason, 'session_id', id, 'at', iso(at), 'at_ms', whole(at))
  redis.call('PEXPIRE', key, whole(rest))
  return true
end

-- Nothing is carried over any more.
local function forget_carry(dispatch_key)
  redis.call('DEL', prefix .. 'carry:' .. dispatch_key, prefix .. 'carry_messages:' .. dispatch_key)
end

-- Why a session that was dropped cannot be resumed; nil where somebody did not want it any more.
local carried = {expired = 'expired', swept = 'expired', missing = 'missing', failed = 'failed'}

-- Takes a session away from a key, if that is the one the key has. Answers whether it was.
local function drop(binding_key, id, reason)
  local bound, candidate = unpack(redis.call('HMGET', binding_key, 'session_id', 'candidate_id'))
  if bound ~= id and candidate ~= id then return false end
  local key, why = session_key(id), carried[reason]
  if why and bound == id then
    let_carry(dispatch_key_of(binding_key), id, why)
  elseif why then
    -- What carried it over left nothing to be resumed: the next one has it still to do.
    local first_reason, first = unpack(redis.call('HMGET', key, 'carried_reason', 'carried_from'))
    if first_reason then let_carry(dispatch_key_of(binding_key), first or '', first_reason) end
  end
  if bound == id then
    local other = candidate ~= id and candidate or nil
    local ttl = redis.call('PTTL', binding_key)
    redis.call('DEL', binding_key)
    redis.call('ZREM', prefix .. 'bindings', dispatch_key_of(binding_key))
    if other and redis.call('EXISTS', session_key(other)) == 1 then
      redis.call('HSET', binding_key, 'candidate_id', other)
      redis.call('PEXPIRE', binding_key, math.max(1, ttl))
    end
    count('claude_session_drops_total{reason="' .. reason .. '"}')
  elseif bound then
    redis.call('HDEL', binding_key, 'candidate_id')
  else
    redis.call('DEL', binding_key)
  end
  redis.call('HSET', key, 'dropped_ms', whole(at), 'dropped_event', this_event())
  if redis.call('PTTL', key) < 0 then keep_session(id, input.max_session_age_ms or day_ms) end
  tell('dropped', id, reason, dispatch_key_of(binding_key))
  return true
end

-- Older news than this never binds the key again, whatever session it is of.
local function forget_older(dispatch_key)
  local key, event = prefix .. 'cleared:' .. dispatch_key, this_event()
  local ms, other = (redis.call('GET', key) or ''):match('^(%d+) ?(.*)$')
  if not later(at, event, ms, other) then return end
  redis.call('SET', key, whole(at) .. ' ' .. event, 'PX', whole((input.max_session_age_ms or day_ms) + day_ms))
end
