internal import Archive
internal import Capture
internal import Domain
internal import Logging
internal import Platform
internal import Redis
internal import Storage

/// Puts back what a Redis has forgotten that was emptied, replaced or came back older: cursors first, so that no file is
/// read twice, then the episodes that were not finished, and what was said last under each dispatch key.
struct Restoration: Sendable {
    let queue: EpisodeQueue
    let client: RedisClient
    let handle: ArchiveHandle
    /// Episodes the queue may hold.
    let limit: Int64
    let registry: Keys
    let policy: ConversationPolicy
    let logger: Logger

    func run() async throws {
        let cursors = try await cursors()
        let episodes = try await episodes()
        guard cursors + episodes > 0 else { return }
        let messages = try await messages()
        logger.warning(
            "Redis had forgotten this pool; it was put back from the archive",
            metadata: ["cursors": "\(cursors)", "episodes": "\(episodes)", "messages": "\(messages)"])
    }

    /// The conversations, from what was archived since they would have expired. What is there already is not added twice.
    private func messages() async throws -> Int64 {
        let now = HostClock.wallMilliseconds
        var sessions: [EpisodeOrigin: HeardMessages] = [:]
        var last: EpisodeID?
        repeat {
            let after = last, since = now - policy.timeoutMilliseconds
            let page = try await handle.use { archive throws(ArchiveError) in
                try archive.episodes(after: after, key: nil, sinceMilliseconds: since, limit: 50)
            }
            for archived in page {
                let episode = archived.episode
                guard episode.agentID.isEmpty, let session = SessionID(rawValue: episode.sessionID) else { continue }
                let origin = EpisodeOrigin(
                    session: session, dispatchKey: try? DispatchKey(episode.dispatchKey), host: "")
                guard var heard = sessions[origin] ?? HeardMessages(of: origin, policy, now: now) else { continue }
                for entry in archived.entries { heard.hear(entry) }
                sessions[origin] = heard
            }
            last = page.last?.episode.id
        } while last != nil
        var cleared: [DispatchKey: Int64] = [:]
        for heard in sessions.values {
            if let time = heard.clearedMilliseconds { cleared[heard.key] = max(cleared[heard.key] ?? time, time) }
        }
        let conversations = Conversations(keys: registry)
        var count: Int64 = 0
        do throws(RedisError) {
            for var heard in sessions.values {
                guard let addition = heard.take(since: cleared[heard.key] ?? .min) else { continue }
                count += try await client.run(conversations.adding(addition))
            }
        } catch {
            // Without room they are left out: they are at hand for a day, and the archive has what they say.
            guard case .notNow(let message) = error, message.contains("OOM") else { throw error }
        }
        return count
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
