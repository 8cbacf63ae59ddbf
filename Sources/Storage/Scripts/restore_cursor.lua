#!lua
-- Puts back a cursor that Redis has forgotten, or has an older state of.
--
-- KEYS[1]  cursor:<file id>  HASH
-- ARGV     now, age, input {path, offset, generation, tail_sha256} (prelude)
-- Returns  1 when it was put back
local offset, generation = unpack(redis.call('HMGET', KEYS[1], 'offset', 'generation'))
offset, generation = position(offset) or -1, position(generation) or -1
if generation > input.generation or generation == input.generation and offset >= input.offset then return 0 end
redis.call('HSET', KEYS[1], 'path', input.path, 'offset', whole(input.offset), 'generation', whole(input.generation),
  'tail_sha256', input.tail_sha256)
return 1
