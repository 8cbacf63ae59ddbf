internal import Domain
internal import Integrity

/// A checkpoint as a list shows it.
package struct CheckpointRow: Encodable, Sendable {
    package let id: String
    package let made_at: Timestamp
    package let reason: String
    /// What it stays as: hourly, daily, weekly; empty where the next 'prune' takes it.
    package let stays_as: String
    package let episodes: Int64
    package let memories: Int64
    package let keys: Int64
    package let bytes: Int64
    /// What was not there before it.
    package let written_bytes: Int64
    /// Why it cannot be read; nil where it can.
    @OrNull package var error: String?

    init(_ checkpoint: Checkpoint, staysAs: String) {
        id = checkpoint.id
        made_at = Timestamp(checkpoint.made_ms)
        reason = checkpoint.reason.rawValue
        stays_as = staysAs
        episodes = checkpoint.archive?.episodes ?? 0
        memories = checkpoint.archive?.memories ?? 0
        keys = checkpoint.redis?.keys ?? 0
        bytes = checkpoint.bytes
        written_bytes = checkpoint.written_bytes
        error = nil
    }

    init(unreadable id: String, _ reason: String) {
        self.id = id
        made_at = Timestamp(0)
        self.reason = ""
        stays_as = ""
        (episodes, memories, keys, bytes, written_bytes) = (0, 0, 0, 0, 0)
        error = reason
    }
}

/// All that a checkpoint holds.
package struct CheckpointDetail: Encodable, Sendable {
    package let id: String
    package let made_at: Timestamp
    package let reason: String
    package let host: String
    package let version: String
    package let parts: [Part]
    package let episodes: Int64
    package let memories: Int64
    /// False where Redis was away when it was made.
    package let has_keys: Bool
    package let keys: Int64
    package let packs: Int
    package let pack_bytes: Int64
    /// Blocks that are not what was kept, or are gone.
    package let damaged_blocks: [String]

    package struct Part: Encodable, Sendable {
        package let name: String
        package let bytes: Int64
        package let blocks: Int
    }

    init(_ checkpoint: Checkpoint, damaged: [String]) {
        id = checkpoint.id
        made_at = Timestamp(checkpoint.made_ms)
        reason = checkpoint.reason.rawValue
        host = checkpoint.host
        version = checkpoint.version
        parts = checkpoint.parts.map { Part(name: $0.name, bytes: $0.file.bytes, blocks: $0.file.blocks.count) }
        episodes = checkpoint.archive?.episodes ?? 0
        memories = checkpoint.archive?.memories ?? 0
        has_keys = checkpoint.redis != nil
        keys = checkpoint.redis?.keys ?? 0
        packs = checkpoint.vault.count
        pack_bytes = checkpoint.vault.reduce(0) { $0 + $1.bytes }
        damaged_blocks = damaged
    }
}

/// What a restore does, or would do.
package struct CheckpointReturn: Encodable, Sendable {
    package let id: String
    package let made_at: Timestamp
    /// Nothing was done: this is what would be.
    package private(set) var is_dry_run: Bool
    package let keys: Keys
    @OrNull package var archive: Archive?
    package let files: [File]
    /// Packs of the vault that were there then and are not now, or not so much of; those that were tidied since are among
    /// them. The second copy has them.
    package let missing_packs: [String]
    /// The checkpoint of what was there before; nil of a dry run.
    @OrNull package var before: String?

    mutating func isDone() { is_dry_run = false }

    package struct Keys: Encodable, Sendable {
        package let there: Int
        package let missing: Int
        /// Older than the checkpoint's, and cursors, which go back to be read on from.
        package let replaced: Int
        package let members: Int
        package let unreadable: Int
    }

    package struct Archive: Encodable, Sendable {
        package let episodes: Int64
        package let episodes_now: Int64
        /// Where the archive lies that was there: what can be read of it is read into the other.
        @OrNull package var moved_to: String?
    }

    package struct File: Encodable, Sendable {
        package let path: String
        /// missing: it comes back. differs: it stays; a configuration of the checkpoint is laid beside it (`.of-<id>`).
        package let state: String
    }
}
