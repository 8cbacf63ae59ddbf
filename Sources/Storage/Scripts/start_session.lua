#!lua
-- A session started, was resumed, forked or compacted. The first fresh start after its key's session turned out not to be
-- resumable takes the key's conversation over, if it asks for it as it happens.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session; then how many messages it may take over, where it may
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}; then, where something is taken
--          over, {reason, session id that cannot be resumed, when that was found (ms), message, …}, the oldest first
local key = home(KEYS[2])
local binding = key and read(key) or {}
news.nested = key and nested(binding)
local guessed = redis.call('HGET', self, 'source') == 'fork?'
local session, fresh = record('idle')

-- Nobody else takes over what this start was for, whether it wanted it or not; and a resume has the words already.
local function take_over(reply)
  if news.source ~= 'startup' and news.source ~= 'resume' and news.source ~= 'job' then return end
  local carry = prefix .. 'carry:' .. news.dispatch_key
  local reason, from, ms = unpack(redis.pcall('HMGET', carry, 'reason', 'session_id', 'at_ms'))
  if not reason or at < (tonumber(ms) or 0) then return end
  redis.call('DEL', carry)
  local limit = tonumber(ARGV[4])
  if news.source ~= 'startup' or not limit or not reason:match('^%l+$') then return end
  local messages = {}
  for _, list in ipairs({'carry_messages:', 'conversation:'}) do
    for _, message in ipairs(redis.pcall('LRANGE', prefix .. list .. news.dispatch_key, -limit, -1)) do
      messages[#messages + 1] = message
    end
  end
  if #messages == 0 then return end
  redis.call('HSET', self, 'carried_reason', reason, 'carried_from', from or '')
  count('claude_session_carry_overs_total{reason="' .. reason .. '"}')
  reply[4], reply[5], reply[6] = reason, from or '', ms or '0'
  for index = math.max(1, #messages - limit + 1), #messages do reply[#reply + 1] = messages[index] end
end

if key and not news.nested then
  -- projects_folder is told with a transcript that was found: the session passed for a fork was resumable all along.
  local seen = news.transcript == 'found' or guessed and session.projects_folder ~= nil
  consider(key, binding, session, news.source == 'resume' or seen)
end
if fresh then tell('started', id, news.source) end
local reply = answer(key, fresh)
if key and fresh and not news.nested then take_over(reply) end
return reply
