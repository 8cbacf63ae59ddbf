#!lua
-- A look at the disk settled what a candidate is: its transcript was found and it is bound, or its process is gone
-- without leaving one and it is forgotten. Counts as no use of the session.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when it was the candidate}
local key = KEYS[2]
local binding = read(key)
if binding.candidate_id ~= id then return answer(key, false) end
if news.transcript == 'found' then
  redis.call('HSET', self, 'transcript_path', news.transcript_path)
  local session = read(self)
  consider(key, binding, session, true)
  if redis.call('HGET', key, 'session_id') ~= id then redis.call('HDEL', key, 'candidate_id') end
else
  drop(key, id, 'missing')
end
return answer(key, true)
