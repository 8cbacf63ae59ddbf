internal import Archive
internal import Capture
internal import Domain
package import Logging
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
    private let logger: Logger
    private var heldUntil: ContinuousClock.Instant?
    private var lastStanding = ""

    package init(
        settings: LiveSettings, host: String, name: String, client: RedisClient, slowClient: RedisClient,
        handle: ArchiveHandle, bells: [Bell], logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.name = name
        self.client = client
        self.slowClient = slowClient
        self.handle = handle
        self.bells = bells
        self.logger = logger
        queue = EpisodeQueue(keys: settings.atStart.poolKeys(host: host))
    }

    /// Whether the archive is ours. Without a word from Redis the right ends before another may take it.
    package var isHeld: Bool { heldUntil.map { ContinuousClock().now < $0 } ?? false }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive ownership") { [self] in await round() }
    }

    /// Takes or renews the right. The owner renews every 10 s; a standby asks every 2 s.
    package func round() async -> Duration {
        do {
            say(try await hold(), .info)
        } catch let error as RedisError {
            logger.debug("archive not held: \(error)")
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
        logger.log(level: level, "archive: \(standing)", metadata: ["file": "\(handle.place)"])
    }

    private func hold() async throws -> String {
        let id: String
        if await handle.isOpen {
            id = try await handle.open(id: nil)
        } else if let known = try await client.ask(queue.archiveID) {
            guard await handle.mayMake(known) else { return "is on another host" }
            // Only who owns the pool may move a damaged file aside: a standby's look must not tear it from the owner.
            if let other = try await refusal(known) { return other }
            id = try await handle.open(id: known, mayMove: true)
        } else {
            let isOwned = try await client.ask(queue.archiveOwner) != nil
            id = try await handle.open(id: nil, mayMove: !isOwned)
        }
        let asked = ContinuousClock().now
        let answer = try await client.run(queue.owningArchive(id, as: name))
        guard case .owner(let isKnown) = answer else { return await refused(answer) }
        if await handle.needsRebuilding { try await whileHolding(id) { try await self.rebuild() } }
        if !isKnown { try await whileHolding(id) { try await self.restore(id) } }
        let wasHeld = isHeld
        heldUntil = max(heldUntil ?? asked, asked + Self.term)
        if !wasHeld || !isKnown { for bell in bells { bell.ring() } }
        return "owned by this companion"
    }

    /// How long after a renewal the right counts; another takes it 5 s later at the earliest.
    private static let term: Duration = .milliseconds(OwnArchive.expiryMilliseconds - 5000)

    private func refusal(_ id: String) async throws -> String? {
        let answer = try await client.run(queue.owningArchive(id, as: name))
        if case .owner = answer { return nil }
        return await refused(answer)
    }

    private func refused(_ answer: OwnArchive.Answer) async -> String {
        heldUntil = nil
        switch answer {
        case .owner: return "owned by this companion"
        case .standby(let owner):
            // The other may move the file.
            await handle.close()
            return "standing by for \(owner)"
        case .foreign(let id):
            return
                "this pool belongs to another file (\(id)); give this host a pool of its own, or the pool's archive.path"
        }
    }

    /// Renews the right while something goes on that may take longer than it lasts.
    private func whileHolding(_ id: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
        let client = client, queue = queue, name = name
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while !Task.isCancelled {
                    do { try await Task.sleep(for: .seconds(5)) } catch { return }
                    _ = try await client.run(queue.owningArchive(id, as: name))
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
        let notes = try await slowClient.use { connection throws(RedisError) in
            try connection.unarchiveAll(queue)
            return try HistoryPlan.captureAllAnew(settings: settings, host: host, over: &connection)
        }
        await handle.wasRebuilt()
        logger.notice(
            "the archive is being rebuilt from Redis and transcripts", metadata: ["transcripts": "\(notes)"])
    }

    /// Puts back what this Redis has forgotten. One that is at its memory limit gets the rest from the backlog, later.
    private func restore(_ id: String) async throws {
        try await Restoration(
            queue: queue, client: slowClient, handle: handle, limit: settings.current.configuration.queueMaxSize,
            logger: logger
        ).run()
        guard try await client.run(queue.adoptingArchive(id, as: name)) else {
            throw RedisError.notNow(message: "another companion took the archive meanwhile")
        }
    }

    /// Gives the right up, so that a standby need not wait.
    package func leave() async {
        heldUntil = nil
        do throws(RedisError) {
            _ = try await client.run(queue.leavingArchive(as: name))
        } catch {
            logger.debug("archive not given up: \(error)")
        }
    }
}
