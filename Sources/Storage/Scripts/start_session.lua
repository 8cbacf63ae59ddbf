#!lua
-- A session started, was resumed, forked or compacted.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}
local key = KEYS[2]
local binding = key and read(key) or {}
news.nested = key and nested(binding)
local guessed = redis.call('HGET', self, 'source') == 'fork?'
local session, fresh = record('idle')
if key and not news.nested then
  -- projects_folder is told with a transcript that was found: the session passed for a fork was resumable all along.
  local seen = news.transcript == 'found' or guessed and session.projects_folder ~= nil
  consider(key, binding, session, news.source == 'resume' or seen)
end
if fresh then tell('started', id, news.source) end
return answer(key, fresh)
