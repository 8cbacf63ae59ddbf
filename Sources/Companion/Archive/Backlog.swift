internal import Archive
internal import Domain
package import Logging
internal import Platform
internal import Redis
package import Settings
package import Storage

/// Keeps room in Redis: what is archived and cannot be worked on soon waits in the archive, and comes back as there is
/// room, live work before history.
package struct Backlog: Sendable {
    private let queue: EpisodeQueue
    private let client: RedisClient
    private let handle: ArchiveHandle
    private let settings: LiveSettings
    private let logger: Logger

    package init(
        queue: EpisodeQueue, client: RedisClient, handle: ArchiveHandle, settings: LiveSettings, logger: Logger
    ) {
        self.queue = queue
        self.client = client
        self.handle = handle
        self.settings = settings
        self.logger = logger
    }

    /// Episodes the queue may hold.
    private var limit: Int64 { settings.current.configuration.queueMaxSize }
    /// Above four fifths episodes leave, down to three fifths; below half they come back.
    private var high: Int64 { max(1, limit * 4 / 5) }
    private var middle: Int64 { limit * 3 / 5 }
    private var low: Int64 { limit / 2 }

    /// - Returns: whether something moved.
    package func balance(wantsMemories: Bool) async throws -> Bool {
        let queue = queue
        let count = try await client.use { connection throws(RedisError) in try connection.ask(queue.count) }
        if count > high { return try await evict(Int(count - middle)) }
        if wantsMemories, count < low || count == 0 { return try await refill(Int(max(1, middle - count))) }
        return false
    }

    /// The dead go first: into the archive for good, or, where the provider was to blame, into its backlog. Then those due
    /// last.
    private func evict(_ wanted: Int) async throws -> Bool {
        let queue = queue
        let (ids, dead) = try await client.use { connection throws(RedisError) in
            let ids = try connection.ask(queue.dueLast(min(wanted, 100)))
            let dead = try connection.ask(queue.ids(.dead, 0..<min(wanted, 100)))
            let records = try connection.ask(queue.episodes(dead))
            return (
                ids, zip(dead, records).compactMap { id, record in record.flatMap { $0.isArchived ? (id, $0) : nil } }
            )
        }
        let revivable = dead.filter { $0.1.cause == .provider && !$0.1.isRevived }.map(\.0)
        let final = dead.filter { !revivable.contains($0.0) }
        if !final.isEmpty {
            try await handle.use { archive throws(ArchiveError) in
                for (id, record) in final {
                    let failure = MemoryFailure(
                        type: record.errorType, message: record.errorMessage, retryCount: Int(record.retryCount))
                    _ = try archive.finish(
                        [id], as: .dead, failure: failure, nowMilliseconds: HostClock.wallMilliseconds)
                }
            }
            _ = try await client.run(queue.completing(final.map { .init($0.0, token: "", outcome: .dead) }))
        }
        let leaving = Array(revivable.prefix(100)) + (dead.count < wanted ? ids : [])
        guard !leaving.isEmpty else { return !final.isEmpty }
        // The archive notes it first: an id that is in both places is put right, one that is in none would be lost.
        _ = try await handle.use { archive throws(ArchiveError) in try archive.toBacklog(leaving) }
        let gone = Set(try await client.run(queue.evicting(leaving)))
        let stayed = leaving.filter { !gone.contains($0) }
        if !stayed.isEmpty {
            _ = try await handle.use { archive throws(ArchiveError) in try archive.toQueue(stayed) }
        }
        return !gone.isEmpty
    }

    private func refill(_ room: Int) async throws -> Bool {
        let wanted = min(room, 32)
        var page = try await handle.use { archive throws(ArchiveError) in try archive.backlog(limit: wanted) }
        if page.isEmpty {
            let reopened = try await handle.use { archive throws(ArchiveError) in
                try archive.reopenRaw(limit: wanted)
            }
            guard reopened > 0 else { return false }
            logger.debug("archived without a memory, and now to get one", metadata: ["count": "\(reopened)"])
            page = try await handle.use { archive throws(ArchiveError) in try archive.backlog(limit: wanted) }
        }
        guard !page.isEmpty else { return false }
        let states = try await client.run(queue.restoring(page.map { ($0.id, $0.record) }, limit: limit))
        let back = zip(page, states).filter { $0.1 == .restored || $0.1 == .there }.map(\.0.id)
        // It was finished once, before the archive was rebuilt or reopened: the queue's memory of it is in the way.
        let done = zip(page, states).filter { $0.1 == .done }.map(\.0.id)
        if !done.isEmpty { _ = try await client.ask(queue.forgettingDone(done)) }
        _ = try await handle.use { archive throws(ArchiveError) in try archive.toQueue(back) }
        return !back.isEmpty || !done.isEmpty
    }

    /// What the archive believes to be in Redis and is not is put back.
    package func recoverMissing() async throws -> Int {
        let queue = queue
        var recovered = 0
        var last: EpisodeID?
        while true {
            let after = last
            let page = try await handle.use { archive throws(ArchiveError) in
                try archive.queued(limit: 20, after: after)
            }
            guard let end = page.last?.id else { return recovered }
            last = end
            let there = try await client.use { connection throws(RedisError) in
                try connection.ask(queue.exist(page.map(\.id)))
            }
            let missing = zip(page, there).filter { !$0.1 }.map(\.0)
            guard !missing.isEmpty else { continue }
            // Into the backlog, from where it comes back as any other.
            recovered += try await handle.use { archive throws(ArchiveError) in
                try archive.toBacklog(missing.map(\.id))
            }
        }
    }
}
