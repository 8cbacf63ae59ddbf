#!lua flags=allow-oom
-- `/clear` ended a session: its key is unbound at once and older news never binds the key again.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}
local key = KEYS[2]
local binding = key and read(key) or {}

-- Whoever clears begins anew. Its host's clock is the one by which the words were said.
local function forget_conversation()
  local conversation, ms = prefix .. 'conversation:' .. news.dispatch_key, math.max(at, news.moment and news.moment.wall_ms or 0)
  local first = redis.pcall('LINDEX', conversation, 0)
  while type(first) == 'string' do
    local said = first:match('"at":"([^"]*)"')
    if said and said > iso(ms) then break end
    redis.call('LPOP', conversation)
    first = redis.call('LINDEX', conversation, 0)
  end
  forget_carry(news.dispatch_key)
end

news.nested = key and nested(binding)
local session, fresh = record('ended')
if key and not news.nested then
  local bound = binding.session_id
  -- A session with a transcript was the key's, told or not: what the key had before is given up with it. One that was
  -- cleared before its first turn never was, and takes nothing away.
  if bound == id or news.transcript == 'found' then
    if bound then
      local ms, event = unpack(redis.call('HMGET', session_key(bound), 'last_used_ms', 'last_event'))
      if bound == id and fresh or later(at, this_event(), ms or binding.last_used_ms, event) then drop(key, bound, 'cleared') end
    end
    forget_older(news.dispatch_key)
    forget_conversation()
  end
  if redis.call('HGET', key, 'candidate_id') == id then drop(key, id, 'cleared') end
  local dropped_ms, dropped_event = unpack(redis.call('HMGET', self, 'dropped_ms', 'dropped_event'))
  if later(at, this_event(), dropped_ms, dropped_event) then
    redis.call('HSET', self, 'dropped_ms', whole(at), 'dropped_event', this_event())
  end
end
return answer(key, fresh)
