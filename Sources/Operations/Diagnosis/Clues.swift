internal import Domain
internal import Redis

/// What a diagnosis goes by beside what is shown.
struct Clues: Sendable {
    var redisFailure: RedisError?
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
    /// Why the configured provider cannot be used at all, as the companion says.
    var providerError = ""
    var providerErrorSince: Timestamp?
    /// When this host's companion took its lock.
    var companionStarted: Timestamp?
    /// Settings that wait for a restart of this host's companion, and since when.
    var restartNeeded: [String] = []
    var restartNeededSince: Timestamp?
    /// How old a note may be that waits for its answer, ms.
    var noteGrace: Int64 = 300_000
    /// Since when no call of the provider succeeded.
    var providerDownSince: Timestamp?
}
