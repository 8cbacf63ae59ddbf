package import Domain
package import Redis

/// What captures found of calls, and no record has taken in yet, for who forgets.
extension RedisConnection {
    /// - Parameter isForgotten: gets each text of an entry.
    /// - Returns: the entries that go.
    package mutating func waitingToolCalls(
        of queue: EpisodeQueue, where isForgotten: (String) -> Bool
    ) throws(RedisError) -> [String] {
        try ask(XREAD(queue.keys.toolCalls, after: StreamEntry.beginning, count: 100_000))
            .filter { $0.fields.values.contains(where: isForgotten) }.map(\.id)
    }

    package mutating func dropToolCalls(_ entries: [String], of queue: EpisodeQueue) throws(RedisError) {
        guard !entries.isEmpty else { return }
        _ = try ask(XDEL(queue.keys.toolCalls, entries))
    }

    /// Of which failing tools sessions were told.
    package mutating func forgetToldTools(of sessions: Set<SessionID>, keys: Keys) throws(RedisError) {
        for session in sessions { _ = try ask(DEL(keys.toldTools(session))) }
    }
}
