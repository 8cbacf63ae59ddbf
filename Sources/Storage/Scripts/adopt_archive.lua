#!lua flags=allow-oom
-- The owner has put back all that Redis had forgotten: from now on this Redis belongs to this archive.
--
-- KEYS[1]  archive  STRING
-- ARGV     now, age, input {owner, archive_id} (prelude)
-- Returns  1, or 0 when another owns the archive by now
if redis.call('GET', prefix .. 'archive_owner') ~= input.owner then return 0 end
redis.call('SET', KEYS[1], input.archive_id)
return 1
