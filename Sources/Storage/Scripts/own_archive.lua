#!lua flags=allow-oom
-- Takes or renews the right to be the one companion that writes a pool's archive, ingests and drains.
--
-- KEYS[1]  archive_owner  STRING, expires
-- ARGV     now, age, input {owner, host, archive_id, episodes, had, silent, ttl_ms} (prelude)
--          host      an owner of that host is dead: the caller holds the lock of the one there can be; '' to know nothing
--          episodes  that the caller's file holds, -1 before it is opened; had: it was this pool's before
--          silent    the renewal that the caller has seen as the last for longer than the right lasts; 0 for none
-- Returns  {'owner', known, renewal before, server} | {'standby', owner, renewal} | {'foreign', archive id}
--          known: 1 when Redis knows this archive, 0 when it has forgotten it (restore, then say so with `adopt_archive`)
--          renewal before: another than the caller's last says that this Redis is older, or another was owner meanwhile
local epoch = prefix .. 'archive_epoch'
local archive, owner = redis.call('GET', prefix .. 'archive'), redis.call('GET', KEYS[1])
local renewals, at, held, by_hand, yield_to, lost =
  unpack(redis.call('HMGET', epoch, 'renewals', 'at_ms', 'episodes', 'by_hand', 'yield_to', 'lost_episodes'))
renewals, at, held = tonumber(renewals) or 0, tonumber(at) or 0, tonumber(held) or 0
lost = tonumber(lost)

if archive and archive ~= input.archive_id then
  -- Where Redis forgot whose it was, and an emptier file was faster, it goes back to the fuller one: once the owner has
  -- heard of it, or both would serve the pool until then.
  if by_hand == archive or not input.had or input.episodes <= held then return {'foreign', archive} end
  archive, yield_to = false, input.archive_id
  redis.call('DEL', prefix .. 'archive')
  redis.call('HSET', epoch, 'yield_to', yield_to)
elseif not archive and yield_to and yield_to ~= input.archive_id and by_hand ~= input.archive_id then
  if owner == input.owner then redis.call('DEL', KEYS[1]) end
  return {'foreign', yield_to}
end

local leases = prefix .. 'leases'
if owner and owner ~= input.owner then
  local is_own = input.host ~= '' and owner:sub(1, #input.host + 1) == input.host .. ':'
  -- By the count and not by expiry: that goes by a clock that may be set back.
  if not is_own and (input.silent == 0 or input.silent ~= renewals) then return {'standby', owner, renewals} end
  -- Its leases end with it.
  for _, id in ipairs(redis.call('ZRANGE', leases, '(' .. whole(now), '+inf', 'BYSCORE')) do
    if redis.call('HGET', prefix .. 'episode:' .. id, 'lease_owner') == owner then
      redis.call('ZADD', leases, whole(now), id)
    end
  end
end

-- The clock was set back: what is due, and what runs out, does so as much earlier.
if at > now + 60000 then
  for _, set in ipairs({leases, prefix .. 'schedule'}) do
    local scored = redis.call('ZRANGE', set, 0, -1, 'WITHSCORES')
    for index = 1, #scored, 2 do redis.call('ZADD', set, whole(tonumber(scored[index + 1]) - (at - now)), scored[index]) end
  end
end

-- An archive only grows. One that holds less was made anew, or put back from a copy: told until it holds as much again, or
-- a person accepts it.
if input.episodes < 0 then
  input.episodes = held
elseif input.episodes < held then
  if not lost then redis.call('HSET', epoch, 'lost_ms', whole(now)) end
  redis.call('HSET', epoch, 'lost_episodes', whole(math.max(lost or 0, held)))
elseif lost and input.episodes >= lost then
  redis.call('HDEL', epoch, 'lost_episodes', 'lost_ms')
end

redis.call('SET', KEYS[1], input.owner, 'PX', whole(input.ttl_ms))
redis.call('HDEL', epoch, 'yield_to')
redis.call('HSET', epoch, 'renewals', whole(renewals + 1), 'at_ms', whole(now), 'episodes', whole(input.episodes), 'owner',
  input.owner)
if owner ~= input.owner then tell('owner', '', input.owner) end
local server = ''
for _, part in ipairs({{'server', 'run_id'}, {'replication', 'master_replid'}}) do
  -- Some servers do not say.
  local said = redis.pcall('INFO', part[1])
  if type(said) == 'string' then server = server .. (said:match(part[2] .. ':(%x+)') or '') .. ' ' end
end
return {'owner', archive and 1 or 0, renewals, server}
