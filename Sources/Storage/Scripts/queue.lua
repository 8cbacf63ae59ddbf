-- Shared by the scripts that move episodes within the queue; stands behind the prelude.

local schedule, leases, dead = prefix .. 'schedule', prefix .. 'leases', prefix .. 'dead'
local unarchived, done = prefix .. 'unarchived', prefix .. 'done'
-- Indexes: what is no memory yet and not given up, by capture time; what has failed and is not done, by its last failure.
local pending, failed = prefix .. 'pending', prefix .. 'failed'

local function episode_key(id) return prefix .. 'episode:' .. id end

local function count_day(field, by)
  local day = prefix .. 'day:' .. iso(now):sub(1, 10)
  add(day, field, by)
  redis.call('PEXPIRE', day, whole(40 * day_ms))
end

-- Once, for the day and for its hour.
local function count_hour(field)
  count_day(field, 1)
  count_day(field .. ':' .. iso(now):sub(12, 13), 1)
end

-- 'held' when the lease is still the caller's; otherwise why not. A late worker must not finish another's run.
local function holding(id, token)
  local key = episode_key(id)
  local held, discarded = unpack(redis.call('HMGET', key, 'lease_token', 'discarded_at'))
  if discarded then return 'discarded' end
  if redis.call('EXISTS', key) == 0 then return 'gone' end
  if (held or '') ~= token then return 'lost' end
  return 'held'
end

local function put_down(id)
  redis.call('ZREM', leases, id)
  redis.call('HDEL', episode_key(id), 'lease_token', 'lease_owner')
end

-- Comes back to those that are to be done. Answers whether it was missing there.
local function await(id)
  if redis.call('ZSCORE', dead, id) then return false end
  return redis.call('ZADD', pending, redis.call('HGET', episode_key(id), 'captured_ms') or whole(now), id) == 1
end

local function note_failure(id) redis.call('ZADD', failed, whole(now), id) end

local function set_due(id, ms)
  redis.call('ZADD', schedule, whole(ms), id)
  redis.call('HSET', episode_key(id), 'next_retry_at', iso(ms))
end

local function bury(id, error_type, message, cause)
  local key = episode_key(id)
  redis.call('ZADD', dead, whole(now), id)
  redis.call('ZREM', pending, id)
  note_failure(id)
  redis.call('HSET', key, 'failed_at', iso(now), 'failed_ms', whole(now), 'error_type', error_type, 'error_message', message,
    'cause', cause, 'next_retry_at', '')
  count('claude_episodes_dead_total')
  count_day('failed', 1)
  tell_episode('dead', id, error_type)
end

-- The end of an episode's way through the queue.
local function finish(id, outcome)
  local key = episode_key(id)
  local was_dead = redis.call('ZREM', dead, id) == 1
  for _, set in ipairs({schedule, leases, unarchived, pending, failed}) do redis.call('ZREM', set, id) end
  tell_episode('completed', id, outcome)
  redis.call('DEL', key)
  redis.call('ZADD', done, whole(now), id)
  redis.call('ZREMRANGEBYRANK', done, 0, -10001)
  count('claude_episodes_completed_total{outcome="' .. outcome .. '"}')
  if outcome ~= 'dead' then
    count_hour('completed')
    redis.call('HSET', prefix .. 'day:' .. iso(now):sub(1, 10), 'last_completed_ms', whole(now))
  elseif not was_dead then
    -- Nobody could read it; it was never buried.
    count_day('failed', 1)
  end
end
