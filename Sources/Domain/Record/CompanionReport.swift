/// What a companion tells in its heartbeat beside that it lives: what only a daemon can know at little cost, so that
/// whoever asks for the status needs no archive.
package struct CompanionReport: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case archive, leases, backlog, ledger, sinks
        case lastClaimAt = "last_claim_at"
        case archiveEpisodes = "archive_episodes"
        case archiveMemories = "archive_memories"
        case archiveWithoutMemory = "archive_without_memory"
        case archiveDamaged = "archive_damaged"
        case archiveBytes = "archive_bytes"
        case archiveError = "archive_error"
        case archiveStanding = "archive_standing"
        case dashboardError = "dashboard_error"
        case archiveCountedMilliseconds = "archive_counted_ms"
        case backlogOldestMilliseconds = "backlog_oldest_ms"
        case transcriptsEndangered = "transcripts_endangered"
        case unservedPools = "unserved_pools"
        case providerError = "provider_error"
        case providerErrorMilliseconds = "provider_error_ms"
        case vaultError = "vault_error"
        case vaultErrorMilliseconds = "vault_error_ms"
    }

    /// Whether it writes its pool's archive.
    package enum Role: String, Sendable { case owner, standby }

    package var role: Role?
    package var leases: Int64 = 0
    /// ISO 8601.
    package var lastClaimAt: String?
    package var archive = ArchiveFigures()
    /// Why it does not write its pool's archive, as a clause; empty where it does, or has not looked yet.
    package var archiveStanding = ""
    /// Why page, JSON and metrics are not served; empty where they are, or are switched off.
    package var dashboardError = ""
    /// Transcripts neither captured nor in the vault that the client is about to delete.
    package var transcriptsEndangered: Int64 = 0
    /// Why the configured provider cannot be used at all, and since when, ms; nil where it can.
    package var providerError: String?
    package var providerErrorMilliseconds: Int64?
    /// Why transcripts are not kept in the vault, and since when, ms; nil where they are.
    package var vaultError: String?
    package var vaultErrorMilliseconds: Int64?
    package var ledger: LedgerSums?
    /// Other pools in the same Redis whose queue no companion serves.
    package var unservedPools: [UnservedPool] = []
    /// Of the archive's owner.
    package var sinks: [SinkFigures] = []

    package init() {}

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        func time(_ name: Field) -> Int64? { fields.whole(name).flatMap { $0 > 0 ? $0 : nil } }
        role = fields[.archive].flatMap(Role.init)
        leases = fields.whole(.leases) ?? 0
        lastClaimAt = fields[.lastClaimAt]
        archive.episodes = fields.whole(.archiveEpisodes) ?? 0
        archive.memories = fields.whole(.archiveMemories) ?? 0
        archive.withoutMemory = fields.whole(.archiveWithoutMemory) ?? 0
        archive.damaged = fields.whole(.archiveDamaged) ?? 0
        archive.bytes = fields.whole(.archiveBytes) ?? 0
        archive.error = fields[.archiveError]
        archive.countedMilliseconds = time(.archiveCountedMilliseconds)
        archiveStanding = fields.text(.archiveStanding)
        dashboardError = fields.text(.dashboardError)
        archive.backlog = fields.whole(.backlog) ?? 0
        archive.oldestBacklogMilliseconds = time(.backlogOldestMilliseconds)
        transcriptsEndangered = fields.whole(.transcriptsEndangered) ?? 0
        providerError = fields[.providerError]
        providerErrorMilliseconds = time(.providerErrorMilliseconds)
        vaultError = fields[.vaultError]
        vaultErrorMilliseconds = time(.vaultErrorMilliseconds)
        ledger = fields[.ledger].flatMap(LedgerSums.init(text:))
        unservedPools = fields.text(.unservedPools).split(separator: " ").compactMap(UnservedPool.init(text:))
        sinks = fields.text(.sinks).split(separator: " ").compactMap(SinkFigures.init(text:))
    }

    /// Every field is told each time, or an old word would stay in the hash.
    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.archive] = role?.rawValue
        fields.set(.leases, leases)
        fields[.lastClaimAt] = lastClaimAt ?? ""
        fields.set(.archiveEpisodes, archive.episodes)
        fields.set(.archiveMemories, archive.memories)
        fields.set(.archiveWithoutMemory, archive.withoutMemory)
        fields.set(.archiveDamaged, archive.damaged)
        fields.set(.archiveBytes, archive.bytes)
        fields[.archiveError] = archive.error ?? ""
        fields[.archiveStanding] = archiveStanding
        fields[.dashboardError] = dashboardError
        fields.set(.archiveCountedMilliseconds, archive.countedMilliseconds ?? 0)
        fields.set(.backlog, archive.backlog)
        fields.set(.backlogOldestMilliseconds, archive.oldestBacklogMilliseconds ?? 0)
        fields.set(.transcriptsEndangered, transcriptsEndangered)
        fields[.providerError] = providerError ?? ""
        fields.set(.providerErrorMilliseconds, providerErrorMilliseconds ?? 0)
        fields[.vaultError] = vaultError ?? ""
        fields.set(.vaultErrorMilliseconds, vaultErrorMilliseconds ?? 0)
        fields[.ledger] = ledger?.text
        fields[.sinks] = sinks.prefix(20).map(\.text).joined(separator: " ")
        fields[.unservedPools] = unservedPools.prefix(20).map(\.text).joined(separator: " ")
        return fields.hash
    }
}

/// A pool with a queue and nobody who works on it.
package struct UnservedPool: Sendable, Equatable {
    package var name: String
    package var episodes: Int64
    /// Of them, or beside them: what is in no archive.
    package var unarchived: Int64

    package init(name: String, episodes: Int64, unarchived: Int64) {
        self.name = name
        self.episodes = episodes
        self.unarchived = unarchived
    }

    /// `<name>:<episodes>:<unarchived>`; a name holds neither colon nor blank.
    init?(text: Substring) {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let episodes = Int64(parts[1]), let unarchived = Int64(parts[2]) else { return nil }
        self.init(name: String(parts[0]), episodes: episodes, unarchived: unarchived)
    }

    var text: String { "\(name):\(episodes):\(unarchived)" }
}

/// What an archive holds.
package struct ArchiveFigures: Sendable, Equatable {
    package var episodes: Int64 = 0
    package var memories: Int64 = 0
    package var withoutMemory: Int64 = 0
    /// Whose words or memory are not what was stored, and stand nowhere else.
    package var damaged: Int64 = 0
    /// Of its file.
    package var bytes: Int64 = 0
    /// Why it could not be counted.
    package var error: String?
    /// Since 1970; nil where nobody counted.
    package var countedMilliseconds: Int64?
    /// Episodes that wait in the archive for room in the queue.
    package var backlog: Int64 = 0
    package var oldestBacklogMilliseconds: Int64?

    package init() {}
}

/// What became of every byte of the transcripts of the rolling period.
package struct LedgerSums: Sendable, Equatable {
    /// When it was added up, ms since 1970.
    package var milliseconds: Int64
    package var transcripts: Int64
    package var bytes: Int64
    package var captured: Int64
    package var pending: Int64
    package var excluded: Int64
    /// Counted as captured, and in no episode.
    package var missing: Int64
    /// Transcripts and places of them that could not be read: what they say is pending, or in no sum.
    package var unreadable: Int64

    package init(
        milliseconds: Int64, transcripts: Int64, bytes: Int64, captured: Int64, pending: Int64, excluded: Int64,
        missing: Int64, unreadable: Int64 = 0
    ) {
        self.milliseconds = milliseconds
        self.transcripts = transcripts
        self.bytes = bytes
        self.captured = captured
        self.pending = pending
        self.excluded = excluded
        self.missing = missing
        self.unreadable = unreadable
    }

    /// In a heartbeat eight numbers: ms, transcripts, bytes, captured, pending, excluded, missing, unreadable. Older companions
    /// tell seven.
    init?(text: String) {
        let numbers = text.split(separator: " ").compactMap { StoredNumber.of($0) }
        guard (7...8).contains(numbers.count) else { return nil }
        self.init(
            milliseconds: numbers[0], transcripts: numbers[1], bytes: numbers[2], captured: numbers[3],
            pending: numbers[4], excluded: numbers[5], missing: numbers[6],
            unreadable: numbers.count > 7 ? numbers[7] : 0)
    }

    var text: String {
        [milliseconds, transcripts, bytes, captured, pending, excluded, missing, unreadable].map { String($0) }.joined(
            separator: " ")
    }
}
