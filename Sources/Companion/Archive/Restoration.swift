internal import Archive
internal import Domain
internal import Logging
internal import Redis
internal import Storage

/// Puts back what a Redis has forgotten that was emptied, replaced or came back older: cursors first, so that no file is
/// read twice, then the episodes that were not finished.
struct Restoration: Sendable {
    let queue: EpisodeQueue
    let client: RedisClient
    let handle: ArchiveHandle
    /// Episodes the queue may hold.
    let limit: Int64
    let logger: Logger

    func run() async throws {
        let cursors = try await cursors()
        let episodes = try await episodes()
        guard cursors + episodes > 0 else { return }
        logger.warning(
            "Redis had forgotten this pool; it was put back from the archive",
            metadata: ["cursors": "\(cursors)", "episodes": "\(episodes)"])
    }

    private func cursors() async throws -> Int {
        let queue = queue
        let cursors = try await handle.use { archive throws(ArchiveError) in try archive.cursors() }
        return try await client.use { connection throws(RedisError) in
            var count = 0
            do throws(RedisError) {
                for start in stride(from: 0, to: cursors.count, by: 500) {
                    let page = cursors[start..<min(cursors.count, start + 500)]
                    let there = try connection.ask(queue.cursors(of: page.map(\.file)))
                    for (stored, cursor) in zip(page, there)
                    where (cursor.generation, cursor.offset) < (stored.cursor.generation, stored.cursor.offset) {
                        let isBack = try connection.run(
                            queue.restoring(stored.cursor, of: stored.file, path: stored.path))
                        if isBack { count += 1 }
                    }
                }
            } catch {
                // Without room for cursors files are read anew, and what is archived is not added twice.
                guard case .notNow(let message) = error, message.contains("OOM") else { throw error }
            }
            return count
        }
    }

    private func episodes() async throws -> Int {
        var count = 0
        var last: EpisodeID?
        while true {
            let after = last
            let page = try await handle.use { archive throws(ArchiveError) in
                try archive.queued(limit: 20, after: after)
            }
            guard let end = page.last?.id else { return count }
            last = end
            let states: [RestoreEpisodes.State]
            do throws(RedisError) {
                states = try await client.run(queue.restoring(page.map { ($0.id, $0.record) }, limit: limit))
            } catch {
                guard case .notNow(let message) = error, message.contains("OOM") else { throw error }
                // No room at all: into the backlog, or nothing would ever empty this Redis.
                states = page.map { _ in .full }
            }
            let full = zip(page, states).filter { $0.1 == .full }.map(\.0.id)
            if !full.isEmpty {
                _ = try await handle.use { archive throws(ArchiveError) in try archive.toBacklog(full) }
            }
            count += states.filter { $0 == .restored }.count
        }
    }
}
