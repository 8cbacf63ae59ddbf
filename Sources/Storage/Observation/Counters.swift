internal import Domain
package import Redis

/// What was counted since ever, each total under the name of its Prometheus metric, labels included.
package struct Counters: RedisCommand {
    let key: RedisKey

    package var request: RedisRequest { HGETALL(key).request }
    package func read(_ reply: RedisReply) -> [String: Int64] { reply.fields.compactMapValues { StoredNumber.of($0) } }
}

extension SessionRegistry {
    /// Of lookups, drops and resumes.
    package var counters: Counters { Counters(key: keys.counters) }
}

extension EpisodeQueue {
    /// Of episodes and model calls of the pool.
    package var counters: Counters { Counters(key: keys.counters) }
}
