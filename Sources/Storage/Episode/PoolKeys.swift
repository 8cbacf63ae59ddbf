package import Domain
package import Redis

/// The keys of one pool's queue: name, type, what ends their life. With `Keys` the only place that spells a key.
package struct PoolKeys: Sendable {
    /// The braces keep a pool on one Cluster slot; scripts rely on the closing `}:`.
    package let prefix: String

    init(prefix: some StringProtocol) { self.prefix = String(prefix) }

    /// HASH   how far one transcript file is captured: `path`, `offset`, `generation`, `tail_sha256`; swept when the file
    /// is gone.
    package func cursor(_ file: FileID) -> RedisKey { RedisKey(prefix + "cursor:" + file.rawValue) }
    /// HASH   one captured span; removed on completion.
    package func episode(_ id: EpisodeID) -> RedisKey { RedisKey(prefix + "episode:" + id.rawValue) }
    /// What SCAN looks for to see all episodes. A namespace or pool name holds no character that a pattern gives meaning.
    var allEpisodes: String { prefix + "episode:*" }
    /// The episode whose hash a key names.
    func episodeID(_ key: RedisKey) -> EpisodeID? {
        EpisodeID(rawValue: String(key.name.dropFirst(allEpisodes.count - 1)))
    }
    /// What SCAN looks for to see all cursors.
    var allCursors: String { prefix + "cursor:*" }
    /// The file whose cursor a key names.
    func fileID(_ key: RedisKey) -> FileID? { FileID(rawValue: String(key.name.dropFirst(allCursors.count - 1))) }
    /// ZSET   episode id by the time it is due (ms).
    package var schedule: RedisKey { RedisKey(prefix + "schedule") }
    /// ZSET   episode id by the end of its lease (ms).
    package var leases: RedisKey { RedisKey(prefix + "leases") }
    /// ZSET   episode id by the time of its permanent failure (ms).
    package var dead: RedisKey { RedisKey(prefix + "dead") }
    /// ZSET   episode id by capture time (ms), while it is not in the archive.
    package var unarchived: RedisKey { RedisKey(prefix + "unarchived") }
    /// ZSET   episode id by capture time (ms), until it is a memory or given up, failed or not: an index, not a state.
    package var pending: RedisKey { RedisKey(prefix + "pending") }
    /// ZSET   episode id by its last failure (ms), until it is done or given up: an index, not a state.
    package var failed: RedisKey { RedisKey(prefix + "failed") }
    /// ZSET   episode id by completion time (ms); the last 10,000, for display.
    package var done: RedisKey { RedisKey(prefix + "done") }
    /// HASH   captured, completed, failed, failures (attempts), tokens, cost of one UTC day (`yyyy-mm-dd`), some by hour too
    /// (`captured:<hh>`), `last_captured_ms` and `last_completed_ms`; 40 days.
    package func day(_ date: String) -> RedisKey { RedisKey(prefix + "day:" + date) }
    /// STRING ID of the archive that this queue belongs to; for ever.
    package var archive: RedisKey { RedisKey(prefix + "archive") }
    /// STRING the companion that holds the archive; expires after 30 s, renewed.
    package var archiveOwner: RedisKey { RedisKey(prefix + "archive_owner") }
    /// HASH   how often the right was taken or renewed, when, by whom, and how many episodes that archive held: by it an owner
    /// knows a Redis that came back older, and a standby an owner that is dead; and what a person gave the pool; for ever.
    package var archiveEpoch: RedisKey { RedisKey(prefix + "archive_epoch") }
    /// STREAM calls of tools, as captures found them, until a companion has taken them into the tools' records; about the
    /// last 20,000 captures.
    package var toolCalls: RedisKey { RedisKey(prefix + "tool_calls") }
    /// STREAM as the registry's.
    package var written: RedisKey { RedisKey(prefix + "written") }
    /// HASH   totals, each named as its Prometheus metric.
    package var counters: RedisKey { RedisKey(prefix + "counters") }
    /// STREAM one entry per state change worth telling; about the last 10,000.
    package var events: RedisKey { RedisKey(prefix + "events") }
}
