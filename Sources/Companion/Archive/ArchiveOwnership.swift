internal import Archive
internal import Capture
internal import Domain
internal import Integrity
package import Logging
internal import Platform
internal import Redis
package import Settings
internal import Storage

/// The right to be the one companion of a pool that writes its archive, ingests and drains. Those with the same file stand
/// by; those with another file, or none, only watch and replay.
package actor ArchiveOwnership {
    private let settings: LiveSettings
    private let host: String
    /// Names this process: no other ever had the name.
    package nonisolated let name: String
    private let queue: EpisodeQueue
    private let client: RedisClient
    /// For work that takes long: nobody else waits for it.
    private let slowClient: RedisClient
    private let handle: ArchiveHandle
    private let bells: [Bell]
    /// Rung when a connection to Redis was made anew, which may be another server or an older state of one, and when the
    /// archive's file is gone.
    private let hurry: Bell
    /// Rung when there is something new to tell of whose the archive is.
    private let news: Bell
    private let logger: Logger
    private let mark: PoolMark
    private var heldUntil: ContinuousClock.Instant?
    /// In a row, for want of Redis.
    private var failedRounds = 0
    private var lastStanding = ""
    /// Why the archive is not ours, for people; empty while it is, or before the first look.
    package var standing: String { isHeld ? "" : lastStanding }
    /// The number of our last renewal, and the server that it was told to; nil before we own anything.
    private var renewal: (number: Int64, server: String)?
    /// What this Redis holds is to be compared with what the archive holds.
    private var mustRestore = false
    /// Another owner's last renewal, and since when it is the last.
    private var silence: (renewal: Int64, since: ContinuousClock.Instant)?
    /// Counts how often Redis was compared with the archive and given what it lacked.
    package private(set) var restorations = 0

    package init(
        settings: LiveSettings, host: String, name: String, client: RedisClient, slowClient: RedisClient,
        handle: ArchiveHandle, bells: [Bell], hurry: Bell = Bell(), news: Bell = Bell(), logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.name = name
        self.client = client
        self.slowClient = slowClient
        self.handle = handle
        self.bells = bells
        self.hurry = hurry
        self.news = news
        self.logger = logger
        queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
        mark = PoolMark(
            path: settings.atStart.state.archiveMark, pool: settings.atStart.pool(host: host),
            place: handle.place)
    }

    /// Whether the archive is ours. Without a word from Redis the right ends before another may take it.
    package var isHeld: Bool { heldUntil.map { ContinuousClock().now < $0 } ?? false }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive ownership", hurriedBy: hurry) { [self] in await round() }
    }

    /// Takes or renews the right. The owner renews every 10 s, and at once when it was connected anew; a standby asks every
    /// 2 s.
    package func round() async -> Duration {
        do {
            say(try await hold(), .info)
            failedRounds = 0
        } catch let error as RedisError {
            failedRounds += 1
            // Once may be a restart; said once, not with every round.
            logger.log(level: failedRounds == 2 ? .warning : .debug, "archive not held: \(error)")
        } catch {
            // Somebody else may be able to open it.
            await leave()
            say("\(error)", .error)
        }
        return isHeld ? .seconds(10) : .seconds(2)
    }

    private func say(_ standing: String, _ level: Logger.Level) {
        guard standing != lastStanding else { return }
        lastStanding = standing
        news.ring()
        logger.log(level: level, "archive: \(standing)", metadata: ["file": "\(handle.place)"])
    }

    private func hold() async throws -> String {
        let id: String
        if await handle.isOpen {
            id = try await handle.open(id: nil)
        } else if let known = try await client.ask(queue.archiveID) {
            if await mayMake(known) {
                // Only who owns the pool may move a damaged file aside: a standby's look must not tear it from the owner.
                let answer = try await claim(ArchiveClaim(known, owner: name))
                guard case .owner = answer else { return await refused(answer) }
                id = try await handle.open(id: known, mayMove: true)
            } else if let last = mark.last, last.isOwn {
                // Ours was the pool's, and was closed while we stood by: Redis forgot that, and an emptier file may have been
                // faster. The claim says which is the fuller.
                id = try await handle.open(id: last.id)
            } else {
                mark.note(known, isOwn: false)
                return "the pool's archive (\(known)) is on another host"
            }
        } else if let last = mark.last, await !mayMake(last.id) {
            // Redis forgot whose the pool is; we did not. Who owned it last goes first, or an empty file would win.
            return "the pool's archive (\(last.id)) is on another host, which puts back what Redis forgot"
        } else {
            let isOwned = try await client.ask(queue.archiveOwner) != nil
            id = try await handle.open(id: mark.last?.id, mayMove: !isOwned)
        }
        let asked = ContinuousClock().now
        let answer = try await claim(try await claimOfFile(id))
        guard case .owner(let isKnown, _, _) = answer else { return await refused(answer) }
        mark.note(id, isOwn: true)
        if await handle.needsRebuilding { try await whileHolding(id) { try await self.rebuild() } }
        let isRestored = mustRestore
        if isRestored {
            mustRestore = false
            do {
                try await whileHolding(id) { try await self.restore(id, isKnown: isKnown) }
            } catch {
                mustRestore = true
                throw error
            }
            restorations += 1
        }
        let wasHeld = isHeld
        heldUntil = max(heldUntil ?? asked, asked + Self.term)
        if !wasHeld || isRestored { for bell in bells { bell.ring() } }
        return "owned by this companion"
    }

    /// Whether the archive may be made here that goes by this id: it stood here, by the mark beside it or by ours.
    private func mayMake(_ id: String) async -> Bool {
        if let last = mark.last, last.isOwn, last.id == id { return true }
        return await handle.mayMake(id)
    }

    /// How long after a renewal the right counts; another takes it 5 s later at the earliest.
    private static let term: Duration = .milliseconds(OwnArchive.expiryMilliseconds - 5000)
    /// How long another must not have renewed to be dead, whatever Redis' clock says.
    private static let silenceOfTheDead: Duration = .milliseconds(OwnArchive.expiryMilliseconds + 5000)

    private func claimOfFile(_ id: String) async throws -> ArchiveClaim {
        let pool = mark.pool
        var claim = ArchiveClaim(id, owner: name)
        (claim.episodes, claim.had) = try await handle.use { archive throws(ArchiveError) in
            (try archive.episodeCount(), try archive.hasServed(pool))
        }
        return claim
    }

    /// Asks for the right, and sees by the answer whether this Redis is the one it was.
    private func claim(_ claim: ArchiveClaim) async throws(RedisError) -> OwnArchive.Answer {
        var claim = claim
        // Who is named after the host holds its lock: any other of that name is dead.
        if name.hasPrefix(host + ":") { claim.host = host }
        if let silence, ContinuousClock().now - silence.since > Self.silenceOfTheDead {
            claim.silentRenewal = silence.renewal
        }
        let before = renewal
        let answer = try await client.run(queue.owningArchive(claim))
        if case .owner(let isKnown, let last, let server) = answer {
            silence = nil
            if !isKnown || before == nil || before?.number != last || before?.server != server { mustRestore = true }
            renewal = (last + 1, server)
        }
        return answer
    }

    private func refused(_ answer: OwnArchive.Answer) async -> String {
        heldUntil = nil
        renewal = nil
        switch answer {
        case .owner: return "owned by this companion"
        case .standby(let owner, let renewal):
            if silence?.renewal != renewal { silence = (renewal, ContinuousClock().now) }
            // The other may move the file.
            await handle.close()
            return "standing by for \(owner)"
        case .foreign(let id):
            mark.note(id, isOwn: false)
            return
                "this pool belongs to another file (\(id)); give this host a pool of its own, or the pool's archive.path"
        }
    }

    /// Keeps the right while something goes on with the archive that may take longer than it lasts.
    func whileHeld(_ work: @escaping @Sendable () async throws -> Void) async throws {
        guard isHeld, let id = mark.last?.id else {
            throw RedisError.notNow(message: "the right to the archive is not held any more")
        }
        try await whileHolding(id, work)
    }

    /// Renews the right while something goes on that may take longer than it lasts.
    private func whileHolding(_ id: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
        let claim = try await claimOfFile(id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !Task.isCancelled {
                    do { try await Task.sleep(for: .seconds(5)) } catch { return }
                    _ = try await self.claim(claim)
                }
            }
            _ = try await group.next()
            group.cancelAll()
        }
    }

    /// Everything that Redis holds, and everything that still lies in transcripts, is recorded again.
    private func rebuild() async throws {
        let settings = settings.current, host = host, queue = queue
        try await handle.salvage()
        try await fillFromCheckpoints(settings)
        let notes = try await slowClient.use { connection throws(RedisError) in
            try connection.unarchiveAll(queue)
            return try HistoryPlan.captureAllAnew(settings: settings, host: host, over: &connection)
        }
        // What neither of them has comes from elsewhere, when all this is done.
        try ArchiveFill.ask(settings.state)
        await handle.wasRebuilt()
        logger.notice(
            "the archive is being rebuilt from Redis and transcripts", metadata: ["transcripts": "\(notes)"])
    }

    /// Before transcripts are read again: what comes with its memory is not remembered, and paid for, twice.
    private func fillFromCheckpoints(_ settings: Settings) async throws {
        let fill = ArchiveFill(settings: settings, host: host), imports = ImportFolder(settings: self.settings)
        let store = ArchiveStores.at(settings.archivePath(host: host))
        for id in try CheckpointStore(settings.state).ids() {
            guard let archive = try store.openToRead() else { return }
            // One that is damaged is told by an audit.
            guard let count = try? fill.from(checkpoint: id, for: archive), count > 0 else { continue }
            logger.notice("the archive is filled", metadata: ["from": "checkpoint \(id)", "episodes": "\(count)"])
            try await imports.take(into: handle, logger: logger)
        }
    }

    /// Puts back what this Redis has forgotten: one that was emptied, replaced, or that came back older. One that is at its
    /// memory limit gets the rest from the backlog, later.
    private func restore(_ id: String, isKnown: Bool) async throws {
        let current = settings.current
        try await Restoration(
            queue: queue, client: slowClient, handle: handle, limit: current.configuration.queueMaxSize,
            registry: current.keys, policy: current.configuration.conversations, logger: logger
        ).run()
        let pool = mark.pool
        try await handle.use { archive throws(ArchiveError) in
            try archive.noteServing(pool, nowMilliseconds: HostClock.wallMilliseconds)
        }
        if isKnown { return }
        guard try await client.run(queue.adoptingArchive(id, as: name)) else {
            throw RedisError.notNow(message: "another companion took the archive meanwhile")
        }
    }

    /// Gives the right up, so that a standby need not wait.
    package func leave() async {
        heldUntil = nil
        renewal = nil
        do throws(RedisError) {
            _ = try await client.run(queue.leavingArchive(as: name))
        } catch {
            logger.debug("archive not given up: \(error)")
        }
    }
}
