internal import Archive
internal import Capture
internal import Domain
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage
internal import Transcripts

/// What the archive's owner does all day: take in what is new, keep room in Redis, put right what went wrong.
package actor ArchiveChores {
    private let settings: LiveSettings
    private let host: String
    private let queue: EpisodeQueue
    private let client: RedisClient
    private let handle: ArchiveHandle
    private let ownership: ArchiveOwnership
    private let supervisor: ProviderSupervisor
    private let ingest: Ingest
    private let backlog: Backlog
    private let imports: ImportFolder
    private let titles: TitleKeeping
    private let drain: Drain
    private let suspects: String
    private let audited: AuditTally
    private let tombstones: Tombstones
    /// The tombstones that were looked at last.
    private var seenTombstones = ""
    /// Rung when there may be something to take in.
    private let bell: Bell
    /// Rung when there may be something to make memories of.
    private let drainBell: Bell
    private let logger: Logger
    private var lastRepair: ContinuousClock.Instant?
    /// The comparison of Redis with the archive after which the queue was last repaired.
    private var repairedAfter = 0
    private var sums = SumWalk()
    private var complaint = ""

    package init(
        settings: LiveSettings, host: String, client: RedisClient, handle: ArchiveHandle, ownership: ArchiveOwnership,
        supervisor: ProviderSupervisor, drain: Drain, bell: Bell, drainBell: Bell, audited: AuditTally,
        logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.audited = audited
        self.drain = drain
        suspects = settings.atStart.state.suspects
        tombstones = Tombstones(settings.atStart.state)
        queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
        self.client = client
        self.handle = handle
        self.ownership = ownership
        self.supervisor = supervisor
        ingest = Ingest(queue: queue, client: client, handle: handle, logger: logger) { record in
            Mending(settings: settings.current, host: host).content(of: record)
        }
        backlog = Backlog(
            queue: queue, client: client, handle: handle, settings: settings, logger: logger)
        imports = ImportFolder(settings: settings)
        titles = TitleKeeping(settings: settings, handle: handle, logger: logger)
        self.bell = bell
        self.drainBell = drainBell
        self.logger = logger
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive") { [self] in await round() }
    }

    private func round() async -> Duration {
        guard await ownership.isHeld else {
            // Whoever had the right meanwhile may have left something to repair, or to forget.
            lastRepair = nil
            seenTombstones = ""
            await titles.distrust()
            await bell.wait(atMost: .seconds(2))
            return .milliseconds(1)
        }
        do {
            let isBusy = try await chores()
            if !complaint.isEmpty { logger.notice("the archive works again") }
            complaint = ""
            if !isBusy { await rest() }
            return .milliseconds(1)
        } catch {
            if complaint != "\(error)" {
                complaint = "\(error)"
                logger.error("what is captured waits to be archived: \(error)")
            }
            return .seconds(1)
        }
    }

    /// Until the queue tells of something, a file is to be imported, or it is time for a look without either.
    private func rest() async {
        for _ in 0..<3 {
            if await bell.wait(atMost: .seconds(10)) || Task.isCancelled || !imports.isEmpty { return }
        }
    }

    /// - Returns: whether there is more to do at once.
    private func chores() async throws -> Bool {
        try await forget()
        let wantsMemories = await supervisor.wantsMemories
        var taken = 0
        while true {
            let count = try await ingest.page(wantsMemories: wantsMemories)
            taken += count
            if count == 0 || taken >= 1000 { break }
        }
        if taken > 0 { drainBell.ring() }
        await takeToolCalls()
        try await titles.keep()
        if try await backlog.balance(wantsMemories: wantsMemories) {
            drainBell.ring()
            return true
        }
        let clock = ContinuousClock()
        let restorations = await ownership.restorations
        var isRecovered = false
        if restorations != repairedAfter || lastRepair.map({ clock.now - $0 > .seconds(600) }) ?? true {
            isRecovered = try await repair()
            lastRepair = clock.now
            repairedAfter = restorations
        }
        if !wantsMemories { try await ingest.finishWithoutProvider() }
        try await imports.take(into: handle, logger: logger)
        try await checkSuspects()
        try await checkSums()
        // What lies in the backlog now is put back by the next round.
        return taken >= 1000 || isRecovered && wantsMemories
    }

    /// What captures found of tools' calls. They wait where they cannot be taken in, and nothing else waits for them.
    private func takeToolCalls() async {
        let (queue, settings, host) = (queue, settings.current, host)
        let policies = (try? settings.toolPolicies()) ?? ToolPolicies()
        do {
            while true {
                let count = try await client.use { connection throws(RedisError) in
                    try connection.takeToolCalls(of: queue, into: settings.keys, policies, by: host)
                }
                if count == 0 { break }
            }
        } catch {
            logger.warning("what became of tools' calls waits to be counted: \(error)")
        }
    }

    /// Takes out of the archive what this host's tombstones say.
    private func forget() async throws {
        let mark = tombstones.changeMark
        guard mark != seenTombstones else { return }
        if let pending = try await handle.pendingForgetting() {
            await drain.beginForgetting(pending.forgotten)
            do {
                try await ownership.whileHeld { [handle] in try await handle.forget(pending) }
                try await titles.keep()
                try await ownership.whileHeld { [handle] in try await handle.noteForgotten(pending) }
            } catch {
                await drain.endForgetting()
                throw error
            }
            await drain.endForgetting()
            logger.notice("the archive has forgotten", metadata: ["sessions": "\(pending.marks.count)"])
        }
        seenTombstones = mark
    }

    /// Compares some episodes with their checksums, one page after the other. What differs is taken in again from Redis
    /// where that has it; the rest holds nothing from then on, and the ledger has it read from its transcript.
    private func checkSums() async throws {
        guard sums.isTime(at: ContinuousClock().now) else { return }
        let after = sums.last
        let check = try await handle.use { archive throws(ArchiveError) in
            try archive.checkSums(after: after, limit: SumWalk.pageSize)
        }
        sums.last = check.last
        audited.read(items: check.looked, bad: check.damaged.count + check.alteredMemories.count)
        if check.last == nil, sums.isTimeForAll(at: ContinuousClock().now) { try await handle.checkAll() }
        if !check.alteredMemories.isEmpty {
            logger.error(
                "memories in the archive are not what was stored",
                metadata: ["episodes": "\(check.alteredMemories.map(\.rawValue).joined(separator: " "))"])
        }
        try await heed(check.damaged)
    }

    /// Looks at what an audit found, so that it is read again at once.
    private func checkSuspects() async throws {
        guard Files.exists(suspects) else { return }
        let ids = try Files.read(suspects, limit: 16 << 20).split(separator: "\n").compactMap {
            EpisodeID(rawValue: String($0))
        }
        // Without names it is the archive as a whole.
        if ids.isEmpty { try await handle.checkAll() }
        let check = try await handle.use { archive throws(ArchiveError) in try archive.checkSums(of: ids) }
        try await heed(check.damaged)
        Files.remove(suspects)
    }

    private func heed(_ damaged: [EpisodeID]) async throws {
        guard !damaged.isEmpty else { return }
        logger.error(
            "words in the archive are not what was captured; they are read again where they can be",
            metadata: ["episodes": "\(damaged.map(\.rawValue).joined(separator: " "))"])
        if try await client.run(queue.unarchiving(damaged)) > 0 { bell.ring() }
    }

    /// The slow look at everything: when the right was taken, when Redis came back another or older, every ten minutes.
    /// - Returns: whether anything is to come back from the backlog.
    private func repair() async throws -> Bool {
        let queue = queue
        let repaired = try await client.use { connection throws(RedisError) in try connection.reconcile(queue) }
        let recovered = try await backlog.recoverMissing()
        if repaired + recovered > 0 {
            logger.warning(
                "the queue was repaired", metadata: ["repaired": "\(repaired)", "recovered": "\(recovered)"])
        }
        try await handle.use { archive throws(ArchiveError) in try archive.tidy() }
        return recovered > 0
    }
}

/// How far the walk over the checksums is, and when it goes on: slow enough to cost nothing, fast enough for an archive of
/// years to be read in weeks.
private struct SumWalk {
    static let pageSize = 32
    private static let pause: Duration = .seconds(20)
    private static let pauseOfAll: Duration = .seconds(6 * 3600)

    /// The last episode that was looked at; nil at the beginning.
    var last: EpisodeID?
    private var next: ContinuousClock.Instant?
    private var nextOfAll: ContinuousClock.Instant?

    /// Whether the file as a whole is looked through, its indexes too. It was when it was opened.
    mutating func isTimeForAll(at now: ContinuousClock.Instant) -> Bool {
        defer { if nextOfAll.map({ now >= $0 }) ?? true { nextOfAll = now + Self.pauseOfAll } }
        return nextOfAll.map { now >= $0 } ?? false
    }

    mutating func isTime(at now: ContinuousClock.Instant) -> Bool {
        guard next.map({ now >= $0 }) ?? true else { return false }
        next = now + Self.pause
        return true
    }
}
