internal import Domain
internal import Redis

/// What a diagnosis goes by beside what is shown.
struct Clues: Sendable {
    var redisFailure: RedisError?
    /// Since when nobody on this host got through to Redis, as far as somebody looked.
    var redisAwaySince: Timestamp?
    var usesEmbeddedRedis = true
    /// A companion runs on this host.
    var companionRuns = false
    /// When a person stopped it; nil when nobody did.
    var stoppedAt: Timestamp?
    /// This host's last heartbeat.
    var lastBeat: Timestamp?
    /// Since when the spool has been taking no notes.
    var spoolFullSince: Timestamp?
    var minimumFreeBytes: Int64 = 0
    var oldestDead: Timestamp?
    /// Since when no call of the provider succeeded.
    var providerDownSince: Timestamp?
}
