package import Domain
package import Redis

extension RedisConnection {
    /// The sessions on record under a dispatch key, and those that it has. It looks at every record.
    package mutating func sessions(
        under key: DispatchKey, _ registry: SessionRegistry
    ) throws(RedisError) -> Set<SessionID> {
        var found: Set<SessionID> = []
        let binding = try ask(registry.binding(key))
        for session in [binding?.sessionID, binding?.candidateID] { session.map { _ = found.insert($0) } }
        var start = 0
        while true {
            let page = try ask(registry.usedLast(start..<start + 500))
            guard !page.isEmpty else { return found }
            start += page.count
            for (session, record) in zip(page, try ask(registry.sessions(page))) where record?.dispatchKey == key {
                found.insert(session)
            }
        }
    }

    /// The sessions whose episodes were captured under a dispatch key. It looks at every episode.
    package mutating func sessions(
        under key: DispatchKey, _ queue: EpisodeQueue
    ) throws(RedisError) -> Set<SessionID> {
        var found: Set<SessionID> = []
        var position: String?
        repeat {
            let page = try walk(queue, from: position)
            position = page.next
            for record in try ask(queue.episodes(page.ids)) where record?.dispatchKey == key {
                (record?.sessionID).flatMap(SessionID.init).map { _ = found.insert($0) }
            }
        } while position != nil
        return found
    }
}

extension SessionRegistry {
    /// Hosts whose companions were heard of within the last days.
    package var companionHosts: ZRANGE { ZRANGE(keys.companions, 0..<10_000) }
}
