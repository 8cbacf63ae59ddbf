internal import Archive
internal import Capture
internal import Domain
package import Logging
internal import Redis
package import Storage

/// The right to be the one companion of a pool that writes its archive, ingests and drains. Those with the same file stand
/// by; those with another file only watch and replay.
package actor ArchiveOwner {
    private let settings: Settings
    private let host: String
    /// Names this process: no other ever had the name.
    package nonisolated let name: String
    private let queue: EpisodeQueue
    private let client: RedisClient
    private let keeper: ArchiveKeeper
    private let bell: Bell
    private let logger: Logger
    private var heldUntil: ContinuousClock.Instant?
    private var lastStanding = ""

    package init(
        settings: Settings, host: String, name: String, client: RedisClient, keeper: ArchiveKeeper, bell: Bell,
        logger: Logger
    ) {
        self.settings = settings
        self.host = host
        self.name = name
        self.client = client
        self.keeper = keeper
        self.bell = bell
        self.logger = logger
        queue = EpisodeQueue(keys: settings.poolKeys(host: host))
    }

    /// Whether the archive is ours. Without a word from Redis the right ends before another may take it.
    package var isOwner: Bool { heldUntil.map { ContinuousClock().now < $0 } ?? false }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive owner") { [self] in await round() }
    }

    /// Takes or renews the right. The owner renews every 5 s; a standby asks every 2 s.
    package func round() async -> Duration {
        do {
            let standing = try await hold()
            if standing != lastStanding {
                lastStanding = standing
                logger.info("archive: \(standing)", metadata: ["file": "\(keeper.path)"])
            }
        } catch {
            say(error)
        }
        return isOwner ? .seconds(5) : .seconds(2)
    }

    private func hold() async throws -> String {
        let known = try await client.send(["GET", queue.keys.archive]).text
        let id: String
        if let known, await !keeper.isOpen {
            // Only who owns the pool may move a damaged file aside: a standby's look must not tear it from the owner.
            let answer = try await client.run(queue.holdingArchive(known, as: name))
            guard case .owner = answer else { return await refused(answer) }
            id = try await keeper.open(id: known, mayMove: true)
        } else {
            id = try await keeper.open(id: known, mayMove: known == nil)
        }
        let answer = try await client.run(queue.holdingArchive(id, as: name))
        guard case .owner(let isKnown) = answer else { return await refused(answer) }
        let wasOwner = isOwner
        let end = ContinuousClock().now + .milliseconds(HoldArchive.expiryMilliseconds - 5000)
        if await keeper.needsRebuilding { try await rebuild() }
        if !isKnown {
            try await Restoration(
                queue: queue, client: client, keeper: keeper, limit: settings.configuration.queueMaxSize, logger: logger
            ).run()
            _ = try await client.run(queue.keepingArchive(id, as: name))
        }
        heldUntil = end
        if !wasOwner { bell.ring() }
        return "owned by this companion"
    }

    private func refused(_ answer: HoldArchive.Answer) async -> String {
        heldUntil = nil
        switch answer {
        case .owner: return "owned by this companion"
        case .standby(let owner): return "standing by for \(owner)"
        case .foreign(let id):
            logger.error(
                "this pool's archive is another file: give this host a pool of its own, or the pool's archive.path",
                metadata: ["expected": "\(id)", "file": "\(keeper.path)"])
            return "belongs to another file"
        }
    }

    /// Everything that Redis holds, and everything that still lies in transcripts, is recorded again.
    private func rebuild() async throws {
        let settings = settings, host = host, queue = queue
        let notes = try await client.use { connection throws(RedisError) in
            try connection.unarchiveAll(queue)
            return try HistoryPlan.captureAllAnew(settings: settings, host: host, over: &connection)
        }
        await keeper.wasRebuilt()
        logger.notice(
            "the archive is being rebuilt from Redis and transcripts", metadata: ["transcripts": "\(notes)"])
    }

    private func say(_ error: any Error) {
        let message = "\(error)"
        guard message != lastStanding else { return }
        lastStanding = message
        if error is RedisError {
            logger.debug("archive not held: \(message)")
        } else {
            logger.error("\(message)")
        }
    }

    /// Gives the right up when the companion stops, so that a standby need not wait.
    package func leave() async {
        heldUntil = nil
        do throws(RedisError) {
            _ = try await client.run(queue.leavingArchive(as: name))
        } catch {
            logger.debug("archive not given up: \(error)")
        }
    }
}
