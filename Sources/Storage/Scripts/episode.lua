-- Shared by the scripts that add episodes; stands behind the prelude.

local function add_episode(episode, content)
  local key = prefix .. 'episode:' .. episode.id
  -- The name says what it holds: it is there already, perhaps being worked on. So it is when a file is read anew.
  if redis.call('EXISTS', key) == 1 then return end
  redis.call('HSET', key, 'session_id', input.session_id, 'dispatch_key', input.dispatch_key or '',
    'group_id', input.group_id, 'host', input.host, 'session_file', input.path, 'file_id', input.file_id,
    'generation', whole(input.generation), 'bytes_from', whole(episode.bytes_from), 'bytes_to', whole(episode.bytes_to),
    'entries', whole(episode.entries), 'filter', input.filter, 'content', content, 'sha256', episode.sha256,
    'captured_at', iso(now), 'captured_ms', whole(now), 'archived', '0',
    'needs_reprocessing', input.wants_memory == false and '0' or '1', 'is_history', input.is_history and '1' or '0', 'retry_count', '0', 'attempts', '0',
    'next_retry_at', iso(now))
  if input.agent_id then redis.call('HSET', key, 'agent_id', input.agent_id) end
  redis.call('ZADD', prefix .. 'schedule', whole(now), episode.id)
  redis.call('ZADD', prefix .. 'pending', whole(now), episode.id)
  redis.call('ZADD', prefix .. 'unarchived', whole(now), episode.id)
  add(prefix .. 'counters', 'claude_episodes_captured_total', 1)
  local day = prefix .. 'day:' .. iso(now):sub(1, 10)
  add(day, 'captured', 1)
  add(day, 'captured:' .. iso(now):sub(12, 13), 1)
  redis.call('HSET', day, 'last_captured_ms', whole(now))
  redis.call('PEXPIRE', day, whole(40 * day_ms))
  tell_episode('captured', episode.id)
end
