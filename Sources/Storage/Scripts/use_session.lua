#!lua
-- A session was used: prompted (active from now), stopped (idle, one turn more) or at work.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH, absent when the session has no key
-- ARGV     now, age, input (prelude): news of the session
-- Returns  {bound session id, candidate id, 1 when this news is the latest of the session}, and behind it of a prompted one
--          1 where it was told of tools that fail
local key = home(KEYS[2])
local binding = key and read(key) or {}
news.nested = key and nested(binding)
note_silent_fork(binding)
local session, fresh = record(news.kind == 'stopped' and 'idle' or 'active')
if key and not news.nested then consider(key, binding, session, news.transcript == 'found') end
local standing = answer(key, fresh)
if news.kind == 'prompted' then standing[4] = redis.call('EXISTS', prefix .. 'told_tools:' .. id) end
return standing
