package import Domain

extension Status {
    /// What this host has captured and not yet told.
    package struct Capture: Encodable, Sendable {
        /// On disk, of all kinds.
        package var notes = 0
        @OrNull package var oldest_note: Timestamp?
        /// How far capture is behind: the age of the oldest note that is no history.
        @OrNull package var lag_seconds: Double?
        package var corrupt_notes = 0
        package var spool_bytes: Int64 = 0
        package var spool_pressure = SpoolPressure.ample
        package var disk_free_bytes: Int64 = 0
        /// Claude Code deletes them within three days, and nothing of them is captured.
        package var transcripts_endangered = 0
        package var spool_limit_bytes: Int64 = 0
        /// When a hook of this host recorded something last.
        @OrNull package var last_hook: Timestamp?
    }

    /// Sums of the ledger over the transcripts of the rolling period, as the companion last made them.
    package struct Ledger: Encodable, Sendable {
        package var at: Timestamp
        package var transcripts: Int
        /// captured + pending + excluded + missing.
        package var bytes: Int64
        package var captured: Int64
        package var pending: Int64
        package var excluded: Int64
        package var missing: Int64

        init(_ sums: LedgerSums) {
            at = Timestamp(sums.milliseconds)
            transcripts = Int(sums.transcripts)
            bytes = sums.bytes
            captured = sums.captured
            pending = sums.pending
            excluded = sums.excluded
            missing = sums.missing
        }
    }

    package struct Archive: Encodable, Sendable {
        /// The companion that writes it; nil when none does.
        @OrNull package var owner: String?
        package var episodes = 0
        package var memories = 0
        /// For want of a provider.
        package var without_memory = 0
        package var bytes: Int64 = 0
        @OrNull package var error: String?
        /// When the oldest episode was captured that the archive has not taken in yet.
        @OrNull package var oldest_unarchived: Timestamp?
        /// When it was counted.
        @OrNull package var at: Timestamp?

        init() {}

        init(_ figures: ArchiveFigures) {
            episodes = Int(figures.episodes)
            memories = Int(figures.memories)
            without_memory = Int(figures.withoutMemory)
            bytes = figures.bytes
            error = figures.error
            at = Timestamp(orNever: figures.countedMilliseconds)
        }
    }

    /// A daemon, of this host or another that uses the same Redis.
    package struct Companion: Encodable, Sendable {
        package enum State: String, Encodable, Sendable { case running, gone }

        package var host: String
        package var state: State
        @OrNull package var pid: Int?
        @OrNull package var version: String?
        @OrNull package var started_at: Timestamp?
        package var beat_at: Timestamp
        /// owner or standby.
        @OrNull package var archive: String?
        package var leases: Int
        @OrNull package var last_claim_at: String?
    }

    package struct Redis: Encodable, Sendable {
        package var available = true
        package var url = ""
        package var version = ""
        @OrNull package var error: String?
        /// There and back once.
        @OrNull package var latency_seconds: Double?
        package var memory_bytes: Int64 = 0
        /// 0 for none.
        package var memory_limit_bytes: Int64 = 0
        package var eviction_policy = ""
        package var evicted_keys: Int64 = 0
        /// append-only file, snapshots, none, unknown.
        package var persistence = "unknown"
        @OrNull package var started_at: Timestamp?
        /// The server's clock against ours.
        package var clock_offset_seconds = 0.0
    }
}
