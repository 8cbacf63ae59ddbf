internal import Archive
package import Domain
package import Logging
internal import Platform
internal import Redis
package import Storage

/// Takes every new episode into the archive at once, whatever the circuit, and leaves in the queue only what wants a
/// memory.
package struct Ingest: Sendable {
    private let queue: EpisodeQueue
    private let client: RedisClient
    private let handle: ArchiveHandle
    private let logger: Logger
    /// What a damaged episode held, read again from its source; nil where that does not give it.
    private let readAgain: @Sendable (EpisodeRecord) -> String?

    package init(
        queue: EpisodeQueue, client: RedisClient, handle: ArchiveHandle, logger: Logger,
        readAgain: @escaping @Sendable (EpisodeRecord) -> String? = { _ in nil }
    ) {
        self.readAgain = readAgain
        self.queue = queue
        self.client = client
        self.handle = handle
        self.logger = logger
    }

    /// Few enough that a page of the largest episodes (256 KB) stays below 10 MB.
    private static let pageSize = 32

    /// - Parameter wantsMemories: whether a provider is configured.
    /// - Returns: how many episodes were taken in; fewer than a page when no more wait.
    package func page(wantsMemories: Bool) async throws -> Int {
        let queue = queue
        let (ids, records) = try await client.use { connection throws(RedisError) in
            let ids = try connection.ask(queue.unarchived(Self.pageSize))
            return (ids, try connection.ask(queue.episodes(ids)))
        }
        guard !ids.isEmpty else { return 0 }
        var episodes: [StoredEpisode] = [], raw: Set<EpisodeID> = [], hollow: [EpisodeID] = []
        var unwanted: Set<EpisodeID> = []
        for (id, record) in zip(ids, records) {
            guard let record = try await whole(record, id), let episode = StoredEpisode(id: id, record) else {
                hollow.append(id)
                continue
            }
            episodes.append(episode)
            // A person may want the raw text kept, and nothing else.
            if !record.needsReprocessing { unwanted.insert(id) }
            if !wantsMemories || unwanted.contains(id) { raw.insert(id) }
        }
        let cursors = ids.count < Self.pageSize ? try await cursors(behind: episodes) : []
        let found = episodes
        let outcomes = try await handle.use { archive throws(ArchiveError) in
            try archive.ingest(found, cursors: cursors, nowMilliseconds: HostClock.wallMilliseconds)
        }
        try await settle(found, outcomes, raw: raw, unwanted: unwanted)
        if !hollow.isEmpty { _ = try await client.run(queue.reconciling(hollow)) }
        return ids.count
    }

    /// The episode as it was captured: one whose content was damaged in Redis is read again, while its source is whole.
    private func whole(_ record: EpisodeRecord?, _ id: EpisodeID) async throws -> EpisodeRecord? {
        guard let record, record.discardedAt == nil, let content = record.content,
            SHA256.hexadecimal(of: content) != record.sha256, let again = readAgain(record)
        else { return record }
        logger.warning("an episode was damaged and is read again", metadata: ["file": "\(record.sessionFile)"])
        let queue = queue
        _ = try await client.use { connection throws(RedisError) in
            try connection.ask(queue.puttingBack(again, of: id))
        }
        var whole = record
        whole.content = again
        return whole
    }

    /// Where files are captured to, as far as the archive will know all before it. A cursor that stands behind what is
    /// taken in now is left out: a Redis that forgot would skip the part in between.
    private func cursors(behind episodes: [StoredEpisode]) async throws -> [ArchivedCursor] {
        var last: [FileID: StoredEpisode] = [:]
        for episode in episodes {
            guard let file = episode.file else { continue }
            let (own, other) = (episode, last[file])
            if other.map({ ($0.generation, $0.bytes.upperBound) < (own.generation, own.bytes.upperBound) }) ?? true {
                last[file] = own
            }
        }
        let queue = queue
        let files = last.keys.sorted { $0.rawValue < $1.rawValue }
        let stored = try await client.use { connection throws(RedisError) in
            try connection.ask(queue.cursors(of: files))
        }
        return zip(files, stored).compactMap { file, cursor in
            guard let episode = last[file], cursor.generation == episode.generation,
                cursor.offset == episode.bytes.upperBound
            else { return nil }
            return ArchivedCursor(
                file: file, path: episode.sessionFile, host: episode.host, cursor: cursor,
                capturedMilliseconds: episode.capturedMilliseconds)
        }
    }

    /// Tells the queue what the archive made of the episodes. The archive goes first: what it has noted survives us.
    private func settle(
        _ episodes: [StoredEpisode], _ outcomes: [IngestOutcome], raw: Set<EpisodeID>, unwanted: Set<EpisodeID>
    ) async throws {
        var waiting: [EpisodeID] = [], unasked: [EpisodeID] = [], back: [EpisodeID] = []
        var finished: [(EpisodeID, EpisodeOutcome)] = []
        for (episode, outcome) in zip(episodes, outcomes) {
            switch outcome {
            case .forgotten(let remainder): try await forget(episode, remainder)
            case .archived where raw.contains(episode.id), .known(.queued) where raw.contains(episode.id):
                unasked.append(episode.id)
            case .archived, .known(.queued), .discarded: waiting.append(episode.id)
            case .known(.backlog): back.append(episode.id)
            case .known(.finished(let outcome)): finished.append((episode.id, outcome))
            case .duplicate: finished.append((episode.id, .duplicate))
            case .damaged(let reason):
                logger.error(
                    "an episode cannot be understood; all it says is kept as it is",
                    metadata: ["episode": "\(episode.id)", "reason": "\(reason)"])
                finished.append((episode.id, .dead))
            }
        }
        let (none, returned) = (unasked, back)
        try await handle.use { archive throws(ArchiveError) in
            for (ids, wantsMemory) in [
                (none.filter { !unwanted.contains($0) }, true), (none.filter(unwanted.contains), false),
            ] where !ids.isEmpty {
                _ = try archive.finish(
                    ids, as: .raw, failure: nil, wantsMemory: wantsMemory, nowMilliseconds: HostClock.wallMilliseconds)
            }
            if !returned.isEmpty { _ = try archive.toQueue(returned) }
        }
        finished += unasked.map { ($0, .raw) }
        if !(waiting + back).isEmpty { _ = try await client.run(queue.markingArchived(waiting + back)) }
        if !finished.isEmpty {
            _ = try await client.run(queue.completing(finished.map { .init($0.0, token: "", outcome: $0.1) }))
        }
    }

    /// What came in and is forgotten leaves the queue; what is left of it comes in with the next page.
    private func forget(_ episode: StoredEpisode, _ remainder: Forgotten.Remainder) async throws {
        let queue = queue
        let forgetting: EpisodeQueue.Forgetting
        switch remainder {
        case .all: return
        case .nothing: forgetting = .episode(episode.id)
        case .part(let content, let entries):
            forgetting = .part(queue.shortening(episode.id, from: episode.sha256, to: content, entries: entries))
        }
        _ = try await client.use { connection throws(RedisError) in
            try connection.carryOut(forgetting, in: queue)
        }
    }

    /// With no provider nothing waits for a memory: what is on the schedule and archived is finished as raw text.
    package func finishWithoutProvider() async throws {
        let queue = queue
        while true {
            let (ids, records) = try await client.use { connection throws(RedisError) in
                let ids = try connection.ask(queue.ids(.scheduled, 0..<100))
                return (ids, try connection.ask(queue.episodes(ids)))
            }
            let archived = zip(ids, records).filter { $0.1?.isArchived ?? false }.map(\.0)
            guard !archived.isEmpty else { return }
            _ = try await handle.use { archive throws(ArchiveError) in
                try archive.finish(archived, as: .raw, nowMilliseconds: HostClock.wallMilliseconds)
            }
            _ = try await client.run(queue.completing(archived.map { .init($0, token: "", outcome: .raw) }))
        }
    }
}
