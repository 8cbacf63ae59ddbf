#!lua flags=allow-oom
-- Repairs what should not be: an episode's hash in no set, an id in a set without a hash, an id in two sets.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {ids} (prelude): found by SCAN or in the sets
-- Returns  the ids that were repaired
local repaired = {}
local function leave_indexes(id) return redis.call('ZREM', pending, id) + redis.call('ZREM', failed, id) > 0 end
for _, id in ipairs(input.ids) do
  local key = episode_key(id)
  local sets = {}
  for _, set in ipairs({leases, schedule, dead}) do
    if redis.call('ZSCORE', set, id) then sets[#sets + 1] = set end
  end
  local was = false
  if redis.call('EXISTS', key) == 0 then
    for _, set in ipairs(sets) do redis.call('ZREM', set, id) end
    was = redis.call('ZREM', unarchived, id) == 1 or #sets > 0
    was = leave_indexes(id) or was
  elseif redis.call('HEXISTS', key, 'content') == 0 and redis.call('HEXISTS', key, 'discarded_at') == 0 then
    -- No episode: a field that somebody set where none was.
    redis.call('DEL', key)
    for _, set in ipairs(sets) do redis.call('ZREM', set, id) end
    redis.call('ZREM', unarchived, id)
    leave_indexes(id)
    was = true
  elseif redis.call('HEXISTS', key, 'discarded_at') == 1 then
    for _, set in ipairs(sets) do redis.call('ZREM', set, id) end
    was = redis.call('ZADD', unarchived, 'NX', whole(now), id) == 1 or #sets > 0
    was = leave_indexes(id) or was
  else
    if #sets == 0 then
      redis.call('HDEL', key, 'lease_token', 'lease_owner')
      set_due(id, now)
      was = true
    end
    -- Also what failed before there was an index of it.
    local failed_ms = redis.call('HGET', key, 'failed_ms')
    if (sets[1] == dead or (failed_ms or '') ~= '') and not redis.call('ZSCORE', failed, id) then
      redis.call('ZADD', failed, tonumber(failed_ms) and failed_ms or whole(now), id)
      was = true
    end
    if sets[1] == dead then
      was = redis.call('ZREM', pending, id) == 1 or was
    else
      was = await(id) or was
    end
    for index = 2, #sets do
      redis.call('ZREM', sets[index], id)
      was = true
    end
    if redis.call('HGET', key, 'archived') ~= '1' and not redis.call('ZSCORE', unarchived, id) then
      redis.call('ZADD', unarchived, redis.call('HGET', key, 'captured_ms') or whole(now), id)
      was = true
    end
  end
  if was then
    repaired[#repaired + 1] = id
    tell_episode('repaired', id)
  end
end
return repaired
