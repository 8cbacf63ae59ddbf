#!lua flags=allow-oom
-- One page of a sweep: bindings unused for longer than their agent's maximum age go, the others get their backstop
-- expiry anew, ids whose record has expired leave the index.
--
-- KEYS[1]  sessions  ZSET  session id by last use (ms)
-- ARGV     now, age, input {offset, limit, max_session_age_ms, agents: {name: max age in ms}} (prelude)
-- Returns  {offset of the next page or -1, id, id, …}: the dropped sessions
local ids = redis.call('ZRANGE', KEYS[1], input.offset, input.offset + input.limit - 1)
local default_age, offset = input.max_session_age_ms, input.offset
local answer = {-1}
for _, id in ipairs(ids) do
  local dispatch_key, last_used, state = unpack(redis.call('HMGET', session_key(id), 'dispatch_key', 'last_used_ms', 'state'))
  if not last_used then
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZREM', prefix .. 'open', id)
  else
    offset = offset + 1
    if state ~= 'ended' then redis.call('ZADD', prefix .. 'open', last_used, id) end
    if dispatch_key then
      local agent = dispatch_key:sub(1, 4) == 'dir:' and 'default' or dispatch_key:match('^[^/]*')
      local max_age = input.agents and input.agents[agent] or default_age
      local key = prefix .. 'binding:' .. dispatch_key
      local bound, candidate, bound_ms = unpack(redis.call('HMGET', key, 'session_id', 'candidate_id', 'last_used_ms'))
      input.max_session_age_ms = max_age
      if bound == id and now - tonumber(bound_ms) > max_age then
        drop(key, id, 'swept')
        answer[#answer + 1] = id
      elseif bound == id then
        keep_binding(key, bound_ms, max_age)
        keep_session(id, max_age)
      elseif candidate == id and now - tonumber(last_used) > max_age then
        drop(key, id, 'swept')
      end
    end
  end
end
redis.call('ZREMRANGEBYSCORE', prefix .. 'bindings', '-inf', whole(now))
if #ids == input.limit then answer[1] = offset end
return answer
