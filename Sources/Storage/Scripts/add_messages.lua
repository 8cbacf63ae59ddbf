#!lua
-- Adds what was said under a dispatch key to its conversation: in order of time, each message once, the last of them only.
--
-- KEYS[1]  conversation:<dispatch key>  LIST  messages as JSON, the oldest first
-- ARGV     now, age, input (prelude); then each message {id, role, at, session, text} as it is to stand there
--          input dispatch_key
--                max_messages    how many are kept
--                max_in_a_row    how many of an agent that speaks on without being asked
--                timeout_ms      how long after the last message they are kept
--                is_captured     told by a transcript, which may be read late, or be another's than the key's
-- Returns  how many stand there now that did not
local key = KEYS[1]

-- What is said in a session that somebody continues by hand belongs to the session's own key.
if input.is_captured and ARGV[4] then
  local is_read, first = pcall(cjson.decode, ARGV[4])
  local name = is_read and type(first) == 'table' and type(first.session) == 'string'
    and home_of(first.session, input.dispatch_key) or input.dispatch_key
  if name ~= input.dispatch_key then key, input.dispatch_key = prefix .. 'conversation:' .. name, name end
end

-- Of the prelude's iso; nil for what is none.
local function ms_of(text)
  local year, month, day, hour, minute, second, rest =
    text:match('^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)%.(%d%d%d)Z$')
  if not year then return end
  year, month = tonumber(year), tonumber(month)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local yoe = year - era * 400
  local doy = math.floor((153 * (month > 2 and month - 3 or month + 9) + 2) / 5) + day - 1
  local days = era * 146097 + yoe * 365 + math.floor(yoe / 4) - math.floor(yoe / 100) + doy - 719468
  return days * day_ms + hour * 3600000 + minute * 60000 + second * 1000 + rest
end

-- nil for what is no message: a hand left it there.
local function message(text)
  local is_read, fields = pcall(cjson.decode, text)
  if not is_read or type(fields) ~= 'table' or type(fields.id) ~= 'string' or type(fields.at) ~= 'string' then return end
  local ms = ms_of(fields.at)
  local session = type(fields.session) == 'string' and fields.session ~= '' and fields.session or nil
  return ms and {text = text, id = fields.id, ms = ms, role = fields.role, session = session}
end

-- By `/clear`, or by hand.
local cleared = -1
for _, mark in ipairs({'cleared:', 'conversation_cleared:'}) do
  local ms = tonumber((redis.call('GET', prefix .. mark .. input.dispatch_key) or ''):match('^%d+'))
  if ms then cleared = math.max(cleared, ms) end
end
local barred = {}

-- Whether a session's words are not the key's: it is nested in the one that has the key, has another, or was cleared. Of one
-- without a record nothing of that is known.
local function is_barred(session)
  if not session then return false end
  if barred[session] == nil then
    local state, dispatch_key, reason = unpack(redis.call('HMGET', session_key(session), 'state', 'dispatch_key', 'end_reason'))
    barred[session] = state and (dispatch_key ~= input.dispatch_key or state == 'ended' and reason == 'clear') or false
  end
  return barred[session]
end

local standing = redis.pcall('LRANGE', key, -input.max_messages, -1)
if standing.err then
  redis.call('DEL', key)
  standing = {}
end
local messages, known = {}, {}
for _, text in ipairs(standing) do
  local old = message(text)
  if old and not known[old.id] then
    known[old.id] = true
    messages[#messages + 1] = old
  else
    redis.call('LREM', key, -1, text)
  end
end

for index = 4, #ARGV do
  local new = message(ARGV[index])
  local is_late = new and input.is_captured
    and (new.ms + input.timeout_ms <= now or new.ms <= cleared or is_barred(new.session))
  if new and not known[new.id] and not is_late then
    known[new.id] = true
    new.is_new = true
    local place = #messages + 1
    while place > 1 and messages[place - 1].ms > new.ms do place = place - 1 end
    table.insert(messages, place, new)
  end
end

-- What an agent says on its way to an answer would push out what people said.
local kept, row = {}, 0
for index = #messages, 1, -1 do
  local one, behind = messages[index], messages[index + 1]
  local goes_on = behind and one.role == 'assistant' and behind.role == 'assistant' and one.session and one.session == behind.session
  row = goes_on and row + 1 or 1
  local is_kept = #kept < input.max_messages and row <= input.max_in_a_row
  if is_kept then
    table.insert(kept, 1, one)
  elseif not one.is_new then
    redis.call('LREM', key, 1, one.text)
  end
end

local last = kept[#kept]
if not last or last.ms + input.timeout_ms <= now then
  redis.call('DEL', key)
  return 0
end
local added = 0
for index = #kept, 1, -1 do
  if kept[index].is_new then
    local behind = kept[index + 1]
    if behind then
      redis.call('LINSERT', key, 'BEFORE', behind.text, kept[index].text)
    else
      redis.call('RPUSH', key, kept[index].text)
    end
    added = added + 1
  end
end

redis.call('LTRIM', key, -input.max_messages, -1)
local rest = whole(math.min(last.ms, now) + input.timeout_ms - now)
redis.call('PEXPIRE', key, rest)
redis.call('PEXPIRE', prefix .. 'carry:' .. input.dispatch_key, rest)
return added
