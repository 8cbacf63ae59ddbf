#!lua flags=allow-oom
-- Hands due episodes to one companion, each under a lease. Leases that ran out are due again in the same step: there is
-- no reaper. Of up to 100 due ids it picks fairly between dispatch keys: first those with the fewest leases running.
--
-- An episode whose lease ran out twice goes alone, to a companion that holds no other; the fifth time it is dead. So
-- one that kills its worker does not take its neighbours along.
--
-- KEYS[1]  schedule  ZSET
-- ARGV     now, age, input {owner, token, count, lease_ms, held} (prelude); held: leases the companion has now
-- Returns  {ids that died of their leases, ms until something is due or '', due but passed over, waiting for an idle companion, id, fields..., id, fields...};
--          seven fields: retry_count, attempts, session_id, dispatch_key, group_id, captured_ms, content
local look_at, most_attempts = 100, 5
local buried = {}

for _, id in ipairs(redis.call('ZRANGE', leases, '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, look_at)) do
  put_down(id)
  if redis.call('EXISTS', episode_key(id)) == 1 then
    local attempts = add(episode_key(id), 'attempts', 1)
    count('claude_leases_expired_total')
    if attempts >= most_attempts then
      count_hour('failures')
      bury(id, 'crash', 'its worker died or hung ' .. attempts .. ' times while it had this episode', 'episode')
      buried[#buried + 1] = id
    else
      set_due(id, now)
    end
  end
end

local running = {}
for _, id in ipairs(redis.call('ZRANGE', leases, 0, look_at - 1)) do
  local owner = redis.call('HGET', episode_key(id), 'dispatch_key') or ''
  running[owner] = (running[owner] or 0) + 1
end

local passed, alone, queues, order = 0, {}, {}, {}
for _, id in ipairs(redis.call('ZRANGE', schedule, '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, look_at)) do
  local archived, attempts, owner = unpack(redis.call('HMGET', episode_key(id), 'archived', 'attempts', 'dispatch_key'))
  owner = owner or ''
  if archived ~= '1' then
    passed = passed + 1
  elseif (tonumber(attempts) or 0) >= 2 then
    alone[#alone + 1] = id
  else
    if not queues[owner] then
      queues[owner] = {}
      order[#order + 1] = owner
    end
    table.insert(queues[owner], id)
  end
end

local picked = {}
if #alone > 0 and input.held == 0 and input.count > 0 then
  picked[1] = table.remove(alone, 1)
else
  local heads = {}
  while #picked < input.count do
    local best
    for _, owner in ipairs(order) do
      local waits = #queues[owner] > (heads[owner] or 0)
      if waits and (not best or (running[owner] or 0) < (running[best] or 0)) then best = owner end
    end
    if not best then break end
    heads[best] = (heads[best] or 0) + 1
    running[best] = (running[best] or 0) + 1
    picked[#picked + 1] = queues[best][heads[best]]
  end
end

local answer = {buried, '', passed, #alone}
for _, id in ipairs(picked) do
  local key = episode_key(id)
  redis.call('ZREM', schedule, id)
  redis.call('ZADD', leases, whole(now + input.lease_ms), id)
  redis.call('HSET', key, 'lease_token', input.token, 'lease_owner', input.owner)
  answer[#answer + 1] = id
  for _, value in ipairs(redis.call('HMGET', key, 'retry_count', 'attempts', 'session_id', 'dispatch_key', 'group_id',
    'captured_ms', 'content')) do answer[#answer + 1] = value or '' end
end

local due = redis.call('ZRANGE', schedule, '(' .. whole(now), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')[2]
local lapse = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2]
local soonest = math.min(tonumber(due) or math.huge, tonumber(lapse) or math.huge)
if soonest < math.huge then answer[2] = whole(math.max(0, soonest - now)) end
local left = -#picked
for _, owner in ipairs(order) do left = left + #queues[owner] end
-- More is due: of what was looked at, or behind it.
local looked = passed + #alone + #picked + math.max(0, left)
if left > 0 or #picked > 0 and looked >= look_at then answer[2] = '0' end
return answer
