#!lua
-- Does once what each script of ours does to keys, on one that is nobody's: the first refusal ends it. It may not write
-- beyond the memory limit, and has no prelude: it travels with every look.
--
-- KEYS[1]  written  STREAM, expires
-- ARGV     ms until it expires
local key = KEYS[1]
redis.call('SET', key, '', 'PX', ARGV[1])
redis.call('DEL', key)
redis.call('SADD', key, 'a')
redis.call('DEL', key)
redis.call('HSET', key, 'a', 1)
redis.call('HSETNX', key, 'b', 1)
redis.call('HINCRBY', key, 'a', 1)
redis.call('HDEL', key, 'a', 'b')
redis.call('ZADD', key, 1, 'a', 2, 'b', 3, 'c')
redis.call('ZREM', key, 'a')
redis.call('ZREMRANGEBYSCORE', key, 2, 2)
redis.call('ZREMRANGEBYRANK', key, 0, -1)
redis.call('RPUSH', key, 'a', 'c')
redis.call('LINSERT', key, 'BEFORE', 'c', 'b')
redis.call('LREM', key, 1, 'a')
redis.call('LTRIM', key, -2, -1)
redis.call('LPOP', key)
redis.call('LPOP', key)
redis.call('XADD', key, 'MAXLEN', '~', 1, '*', 'a', 1)
redis.call('PEXPIRE', key, ARGV[1])
return 1
