#!lua
-- Adds the episodes of one span of a transcript and moves the file's cursor behind it, all or nothing. Whoever read from
-- where the cursor no longer stands has lost the race and is told where it stands.
--
-- KEYS[1]  cursor:<file id>  HASH
-- ARGV     now, age, input (prelude); then each episode's content
--          input path, from_offset, from_generation    where the cursor was when the file was read
--                offset, generation, tail_sha256       where it is to stand
--                limit                                 episodes the queue may hold
--                session_id, dispatch_key, group_id, host, agent_id, filter
--                episodes                              [{id, bytes_from, bytes_to, sha256, entries}]
--                calls                                 of tools, that ended in the span, as a text (ToolCallTally)
-- Returns  {'pushed', offset, generation} | {'moved', offset, generation} | {'full', count}
local cursor = read(KEYS[1])
local offset, generation = position(cursor.offset) or 0, position(cursor.generation) or 0
if offset ~= input.from_offset or generation ~= input.from_generation then return {'moved', offset, generation} end

local queued = redis.call('ZCARD', prefix .. 'schedule') + redis.call('ZCARD', prefix .. 'leases')
  + redis.call('ZCARD', prefix .. 'dead')
-- What is larger than the queue may enter an empty one.
if queued > 0 and queued + #input.episodes > input.limit then return {'full', queued} end

for index, episode in ipairs(input.episodes) do
  add_episode(episode, ARGV[3 + index])
end
-- For the tools' records, which lie in another slot. In the step that moves the cursor: none is told twice.
if input.calls then
  redis.call('XADD', prefix .. 'tool_calls', 'MAXLEN', '~', 20000, '*', 'session_id', input.session_id, 'host', input.host,
    'calls', input.calls)
end
redis.call('HSET', KEYS[1], 'path', input.path, 'offset', whole(input.offset), 'generation', whole(input.generation),
  'tail_sha256', input.tail_sha256, 'captured_at', iso(now))
return {'pushed', input.offset, input.generation}
