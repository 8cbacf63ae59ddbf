/// What a user of a Redis must be allowed for all that Holdfast does there, and no more
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/>).
package enum AccessRule {
    /// Of commands and scripts. `test_elsewhere` works as a user who may do nothing else, and asks the server what it refused.
    static let commands = [
        "del", "eval", "evalsha", "exists", "get", "hdel", "hexists", "hget", "hgetall", "hincrby", "hmget", "hset",
        "hsetnx", "info", "lindex", "linsert", "llen", "lpop", "lrange", "lrem", "ltrim", "pexpire", "pexpireat",
        "ping", "pttl", "rename", "rpush", "sadd", "scan", "select", "set", "smembers", "time", "type", "xadd", "xdel",
        "xrange", "xread", "xrevrange", "zadd", "zcard", "zcount", "zmscore", "zrange", "zrem", "zremrangebyrank",
        "zremrangebyscore", "zrevrange", "zscan", "zscore",
    ]
    /// Without them all works, and less is known: whether the server writes its files, how much room keys take.
    static let helpful = ["bgrewriteaof", "bgsave", "config|get", "memory|usage"]
    /// Of sentinels' masters and of clusters' nodes.
    static let elsewhere = ["asking", "cluster|slots", "role"]

    /// As `redis-cli` takes it.
    /// - Parameter namespace: as `HOLDFAST_NAMESPACE` says.
    package static func line(user: String, namespace: String) -> String {
        let keys = ["~{\(namespace)}:*", "~{\(namespace):*", "~{holdfast-selftest-*"]
        let allowed = (commands + helpful + elsewhere).map { "+\($0)" }
        return (["ACL SETUSER", user, "reset on '>PASSWORD'"] + keys.map { "'\($0)'" } + allowed).joined(separator: " ")
    }
}
