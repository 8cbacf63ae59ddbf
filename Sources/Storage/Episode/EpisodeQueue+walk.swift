package import Domain
package import Redis

/// Walks over all episodes of a pool, a page at a time.
extension RedisConnection {
    /// One page of a walk over the episodes' hashes.
    /// - Parameters:
    ///   - position: nil at the beginning, then where the page before says.
    ///   - count: about so many are looked at.
    /// - Returns: their ids, and where the next page begins; nil after the last.
    package mutating func walk(
        _ queue: EpisodeQueue, from position: String?, count: Int = 100
    ) throws(RedisError) -> (ids: [EpisodeID], next: String?) {
        let page = try ask(SCAN(queue.keys.allEpisodes, from: position ?? SCAN.start, count: count))
        return (page.keys.compactMap(queue.keys.episodeID), page.next)
    }

    /// One page of a walk over the cursors of transcripts, each with the path it is of.
    package mutating func walkCursors(
        _ queue: EpisodeQueue, from position: String?
    ) throws(RedisError) -> (cursors: [(file: FileID, path: String, cursor: Cursor)], next: String?) {
        let page = try ask(SCAN(queue.keys.allCursors, from: position ?? SCAN.start, count: 500))
        let files = page.keys.compactMap(queue.keys.fileID)
        let records = try ask(ForEach(files.map { ReadRecord<CursorRecord>(queue.keys.cursor($0)) }))
        return (
            zip(files, records).compactMap { file, record in record.map { (file, $0.path, $0.cursor) } }, page.next
        )
    }

    /// All episodes are to be archived again.
    package mutating func unarchiveAll(_ queue: EpisodeQueue) throws(RedisError) {
        try forEachPage(of: queue) { connection, ids throws(RedisError) in
            _ = try connection.run(queue.unarchiving(ids))
        }
    }

    /// Looks through all episodes for what should not be, and repairs it.
    /// - Returns: how many were repaired.
    package mutating func reconcile(_ queue: EpisodeQueue, now: Int64? = nil) throws(RedisError) -> Int {
        var repaired = 0
        try forEachPage(of: queue) { connection, ids throws(RedisError) in
            repaired += try connection.run(queue.reconciling(ids), now: now).count
        }
        for set in [
            queue.keys.schedule, queue.keys.leases, queue.keys.dead, queue.keys.unarchived, queue.keys.pending,
            queue.keys.failed,
        ] {
            var start = 0
            while true {
                let ids = try ask(EpisodeIDs(range: ZRANGE(set, start..<start + 100)))
                guard !ids.isEmpty else { break }
                let gone = try run(queue.reconciling(ids), now: now).count
                repaired += gone
                start += max(1, ids.count - gone)
            }
        }
        return repaired
    }

    private mutating func forEachPage(
        of queue: EpisodeQueue, _ work: (inout RedisConnection, [EpisodeID]) throws(RedisError) -> Void
    ) throws(RedisError) {
        var position: String?
        repeat {
            let page = try walk(queue, from: position)
            if !page.ids.isEmpty { try work(&self, page.ids) }
            position = page.next
        } while position != nil
    }

    /// Makes those who wait for the queue look at it now.
    package mutating func wakeDrains(of queue: EpisodeQueue) throws(RedisError) {
        _ = try ask(
            XADD(queue.keys.events, limit: 10_000, fields: [EventRecord.Field.event.rawValue, EventRecord.woken]))
    }
}
