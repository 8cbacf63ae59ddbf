#!lua flags=allow-oom
-- A binding is given up without trying it: its transcript is missing, it expired in the mirror, or somebody said so.
--
-- KEYS[1]  session:<id>            HASH
-- KEYS[2]  binding:<dispatch key>  HASH
-- ARGV     now, age, input: news with `reason` missing, expired or manual (prelude)
-- Returns  1 when the key had that session, else 0
local news = input
local key, id = KEYS[2], news.session_id
local used_ms, used_event = unpack(redis.call('HMGET', KEYS[1], 'last_used_ms', 'last_event'))
if not later(at, this_event(), used_ms, used_event) then return 0 end
local was_bound = redis.call('HGET', key, 'session_id') == id
if not drop(key, id, news.reason) then return 0 end
if news.reason == 'missing' and was_bound then count('claude_session_resumes_saved_total') end
if news.reason == 'manual' then
  forget_older(news.dispatch_key)
  forget_carry(news.dispatch_key)
end
return 1
