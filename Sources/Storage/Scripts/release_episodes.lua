#!lua flags=allow-oom
-- The provider is back: what failed or waits for its sake becomes due, one page a call, spaced so that it does not trip
-- again. Dead letters of that cause come back once, with one retry left.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {offset, limit, pace_ms, delay_ms, retry_count} (prelude)
--          offset: where the last page of the schedule ended; delay_ms: where its last one was put;
--          retry_count: what leaves a dead letter one retry
-- Returns  {next offset or -1, released, delay_ms of the last one}
local released, delay = 0, input.delay_ms
local function release(id)
  set_due(id, now + delay)
  delay = delay + input.pace_ms
  released = released + 1
end

local buried = 0
if input.offset == 0 then
  for _, id in ipairs(redis.call('ZRANGE', dead, 0, -1)) do
    if buried >= input.limit then break end
    local key = episode_key(id)
    local cause, revived = unpack(redis.call('HMGET', key, 'cause', 'revived'))
    if cause == 'provider' and revived ~= '1' then
      redis.call('ZREM', dead, id)
      redis.call('HSET', key, 'revived', '1', 'retry_count', whole(input.retry_count))
      redis.call('HDEL', key, 'cause')
      await(id)
      release(id)
      buried = buried + 1
    end
  end
  if buried >= input.limit then return {0, released, delay} end
end

-- From the latest to the soonest. What is released moves behind the page and bears no cause any more, so a page later on
-- passes it over.
local page = redis.call('ZRANGE', schedule, '+inf', '(' .. whole(now), 'BYSCORE', 'REV', 'LIMIT', input.offset, input.limit)
local kept = 0
for _, id in ipairs(page) do
  if redis.call('HGET', episode_key(id), 'cause') == 'provider' then
    redis.call('HDEL', episode_key(id), 'cause')
    release(id)
  else
    kept = kept + 1
  end
end
return {#page < input.limit and -1 or input.offset + kept, released, delay}
