package import Domain
package import Redis

extension SessionRegistry {
    /// What is known of a session; nil when there is no record.
    package func session(_ id: SessionID) -> ReadRecord<SessionRecord> { ReadRecord(keys.session(id)) }

    package func sessions(_ ids: [SessionID]) -> ForEach<ReadRecord<SessionRecord>> { ForEach(ids.map(session)) }

    /// What a key has; nil when it has nothing.
    package func binding(_ key: DispatchKey) -> ReadRecord<BindingRecord> { ReadRecord(keys.binding(key)) }

    package func bindings(_ keys: [DispatchKey]) -> ForEach<ReadRecord<BindingRecord>> { ForEach(keys.map(binding)) }

    package func exists(_ id: SessionID) -> EXISTS { EXISTS(keys.session(id)) }

    /// A companion's word that it lives; nil when it has none.
    package func heartbeat(of host: String) -> ReadRecord<HeartbeatRecord> { ReadRecord(keys.companion(host)) }

    /// Sessions by last use, the latest first.
    package func usedLast(_ ranks: Range<Int>) -> SessionIDs {
        SessionIDs(range: ZRANGE(keys.sessions, ranks, fromHighest: true))
    }

    /// Sessions that have not ended, those used last first.
    package func open(_ count: Int) -> SessionIDs { SessionIDs(range: ZRANGE(keys.open, 0..<count, fromHighest: true)) }

    /// How many sessions there are.
    package var count: ZCARD { ZCARD(keys.sessions) }
}

/// Sessions by rank in one of the registry's sets.
package struct SessionIDs: RedisCommand {
    let range: ZRANGE

    package var request: RedisRequest { range.request }
    package func read(_ reply: RedisReply) -> [SessionID] { range.read(reply).compactMap(SessionID.init) }
}

extension RedisConnection {
    /// The sessions that keys have, whichever these are.
    package mutating func boundSessions(_ registry: SessionRegistry) throws(RedisError) -> Set<SessionID> {
        var sessions: Set<SessionID> = []
        var rank = 0
        let page = 500
        while true {
            let names = try ask(ZRANGE(registry.keys.bindings, rank..<rank + page))
            let found = try ask(registry.bindings(names.compactMap { try? DispatchKey($0) }))
            for binding in found { sessions.formUnion([binding?.sessionID, binding?.candidateID].compactMap(\.self)) }
            guard names.count == page else { return sessions }
            rank += page
        }
    }

    /// Every key that the index names, with what it has.
    package mutating func boundKeys(
        _ registry: SessionRegistry
    ) throws(RedisError) -> [(key: DispatchKey, binding: BindingRecord)] {
        var bound: [(DispatchKey, BindingRecord)] = []
        var rank = 0
        let page = 500
        while true {
            let names = try ask(ZRANGE(registry.keys.bindings, rank..<rank + page))
            let keys = names.compactMap { try? DispatchKey($0) }
            for (key, found) in zip(keys, try ask(registry.bindings(keys))) {
                if let found { bound.append((key, found)) }
            }
            guard names.count == page else { return bound }
            rank += page
        }
    }

    /// Whether the key that a session is known by has it, as what resumes or as the candidate for that.
    package mutating func isBound(_ session: SessionID, _ registry: SessionRegistry) throws(RedisError) -> Bool {
        guard let key = try ask(registry.session(session))?.dispatchKey, let binding = try ask(registry.binding(key))
        else {
            return false
        }
        return binding.sessionID == session || binding.candidateID == session
    }
}
