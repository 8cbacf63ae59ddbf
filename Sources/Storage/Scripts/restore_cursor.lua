#!lua
-- Puts back a cursor that Redis has forgotten, or has an older state of.
--
-- KEYS[1]  cursor:<file id>  HASH
-- ARGV     now, age, news {path, offset, generation, tail_sha256} (prelude)
-- Returns  1 when it was put back
local offset, generation = unpack(redis.call('HMGET', KEYS[1], 'offset', 'generation'))
offset, generation = tonumber(offset) or -1, tonumber(generation) or -1
if generation > news.generation or generation == news.generation and offset >= news.offset then return 0 end
redis.call('HSET', KEYS[1], 'path', news.path, 'offset', whole(news.offset), 'generation', whole(news.generation),
  'tail_sha256', news.tail_sha256)
return 1
