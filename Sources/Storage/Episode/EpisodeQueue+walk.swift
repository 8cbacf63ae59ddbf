package import Domain
package import Redis

/// Walks over all episodes of a pool, a page at a time.
extension RedisConnection {
    /// The ids not yet in the archive, the oldest first.
    package mutating func unarchived(_ count: Int, _ queue: EpisodeQueue) throws(RedisError) -> [EpisodeID] {
        let reply = try send(["ZRANGE", queue.keys.unarchived, "0", String(count - 1)])
        return (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }

    /// The hashes of episodes, in their order; empty where there is none.
    package mutating func episodes(
        _ ids: [EpisodeID], _ queue: EpisodeQueue
    ) throws(RedisError) -> [[String: String]] {
        var all: [[String: String]] = []
        for reply in try pipeline(ids.map { ["HGETALL", queue.keys.episode($0)] }) {
            if case .error(let message) = reply { throw RedisError(reply: message) }
            all.append(reply.fields)
        }
        return all
    }

    /// One page of a SCAN over the episodes' hashes.
    /// - Returns: their ids, and where the next page begins; nil after the last.
    package mutating func scanEpisodes(
        from position: String, _ queue: EpisodeQueue
    ) throws(RedisError) -> (ids: [EpisodeID], next: String?) {
        let page = try send(["SCAN", position, "MATCH", queue.keys.allEpisodes, "COUNT", "100"]).array ?? []
        guard page.count == 2, let next = page[0].text else { throw .unexpectedReply(expected: "a position and keys") }
        let start = queue.keys.allEpisodes.count - 1
        let ids = (page[1].array ?? []).compactMap {
            $0.text.flatMap { EpisodeID(rawValue: String($0.dropFirst(start))) }
        }
        return (ids, next == "0" ? nil : next)
    }

    /// All episodes are to be archived again.
    package mutating func unarchiveAll(_ queue: EpisodeQueue) throws(RedisError) {
        var position: String? = "0"
        while let from = position {
            let page = try scanEpisodes(from: from, queue)
            if !page.ids.isEmpty { _ = try run(queue.unarchiving(page.ids)) }
            position = page.next
        }
    }

    /// Looks through all episodes for what should not be, and repairs it.
    /// - Returns: how many were repaired.
    package mutating func reconcile(_ queue: EpisodeQueue) throws(RedisError) -> Int {
        var repaired = 0
        var position: String? = "0"
        while let from = position {
            let page = try scanEpisodes(from: from, queue)
            if !page.ids.isEmpty { repaired += try run(queue.reconciling(page.ids)).count }
            position = page.next
        }
        for set in [
            queue.keys.schedule, queue.keys.leases, queue.keys.dead, queue.keys.unarchived, queue.keys.pending,
            queue.keys.failed,
        ] {
            var start = 0
            while true {
                let reply = try send(["ZRANGE", set, String(start), String(start + 99)])
                let ids = (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
                guard !ids.isEmpty else { break }
                let gone = try run(queue.reconciling(ids)).count
                repaired += gone
                start += max(1, ids.count - gone)
            }
        }
        return repaired
    }

    /// Makes those who wait for the queue look at it now.
    package mutating func wakeDrains(of queue: EpisodeQueue) throws(RedisError) {
        _ = try send(["XADD", queue.keys.events, "MAXLEN", "~", "10000", "*", "event", "woken"])
    }
}
