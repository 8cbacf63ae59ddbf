package import Domain
package import Redis

/// A name in Redis behind which nothing stands, or something that no name leads to.
package struct BrokenReference: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// A set of the queue names an episode that has no hash.
        case memberWithoutEpisode
        /// An episode's hash is in no set of the queue: nobody will ever work on it.
        case episodeWithoutSet
        /// The index of sessions names one that has no record.
        case memberWithoutSession
        /// A key is bound to a session of which nothing is recorded.
        case bindingWithoutSession
        /// The index of bindings names a key that has none.
        case memberWithoutBinding
        /// A session's record is in no index: nobody who lists sessions sees it, and it is never swept.
        case sessionWithoutIndex
        /// The same of a key's binding.
        case bindingWithoutIndex
        /// A conversation's messages were said in a session of which nothing is recorded.
        case conversationWithoutSession
    }

    package var kind: Kind
    package var thing: String
    package var session: SessionID?

    package init(_ kind: Kind, _ thing: String, session: SessionID? = nil) {
        self.kind = kind
        self.thing = thing
        self.session = session
    }
}

extension RedisConnection {
    /// Looks through a pool's queue.
    /// - Returns: how many names and hashes were looked at, and what leads nowhere.
    package mutating func brokenReferences(
        of queue: EpisodeQueue
    ) throws(RedisError) -> (looked: Int, broken: [BrokenReference]) {
        var named: Set<EpisodeID> = [], broken: [BrokenReference] = [], looked = 0
        let states = [queue.keys.schedule, queue.keys.leases, queue.keys.dead]
        let indexes = [queue.keys.unarchived, queue.keys.pending, queue.keys.failed]
        for set in states + indexes {
            try forEachMember(of: set) { connection, members throws(RedisError) in
                let ids = members.compactMap(EpisodeID.init)
                let there = try connection.ask(ForEach(ids.map { EXISTS(queue.keys.episode($0)) }))
                looked += ids.count
                for (id, isThere) in zip(ids, there) where !isThere {
                    broken.append(BrokenReference(.memberWithoutEpisode, "\(id) in \(set)"))
                }
                if states.contains(set) || set == queue.keys.unarchived { named.formUnion(ids) }
            }
        }
        var position: String?
        repeat {
            let page = try walk(queue, from: position, count: 500)
            looked += page.ids.count
            for id in page.ids where !named.contains(id) {
                // It may have gone into a set since that was looked at.
                let keys = states + [queue.keys.unarchived]
                let scores = try ask(ForEach(keys.map { ZSCORE($0, id.rawValue) }))
                guard scores.allSatisfy({ $0 == nil }), try ask(EXISTS(queue.keys.episode(id))) else { continue }
                broken.append(BrokenReference(.episodeWithoutSet, id.rawValue))
            }
            position = page.next
        } while position != nil
        return (looked, broken)
    }

    /// Looks through the registry.
    package mutating func brokenReferences(
        of registry: SessionRegistry
    ) throws(RedisError) -> (looked: Int, broken: [BrokenReference]) {
        var broken: [BrokenReference] = [], looked = 0
        try forEachMember(of: registry.keys.sessions) { connection, members throws(RedisError) in
            let ids = members.compactMap(SessionID.init)
            looked += ids.count
            for (id, isThere) in zip(ids, try connection.ask(ForEach(ids.map(registry.exists)))) where !isThere {
                broken.append(BrokenReference(.memberWithoutSession, id.rawValue, session: id))
            }
        }
        try forEachMember(of: registry.keys.bindings) { connection, members throws(RedisError) in
            let keys = members.compactMap { try? DispatchKey($0) }
            looked += keys.count
            for (key, binding) in zip(keys, try connection.ask(registry.bindings(keys))) {
                guard let binding else {
                    broken.append(BrokenReference(.memberWithoutBinding, key.rawValue))
                    continue
                }
                guard let session = binding.sessionID, try !connection.ask(registry.exists(session)) else { continue }
                broken.append(BrokenReference(.bindingWithoutSession, key.rawValue, session: session))
            }
        }
        looked += try unindexed(of: registry, &broken)
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(registry.keys.allConversations, from: from, count: 500))
            position = page.next
            for key in page.keys {
                looked += 1
                guard let query = VALUE(key, type: try ask(TYPE(key))), let found = try ask(query),
                    case .list(let messages) = found.value,
                    let session = messages.compactMap({ ConversationMessage(json: $0)?.session }).last,
                    try !ask(registry.exists(session))
                else { continue }
                let name = registry.keys.dispatchKey(ofConversation: key)?.rawValue ?? key.name
                broken.append(BrokenReference(.conversationWithoutSession, name, session: session))
            }
        }
        return (looked, broken)
    }

    /// Records that no index names.
    /// - Returns: how many there are.
    private mutating func unindexed(
        of registry: SessionRegistry, _ broken: inout [BrokenReference]
    ) throws(RedisError) -> Int {
        let keys = registry.keys
        var looked = 0
        let kinds: [(BrokenReference.Kind, RedisKey, RedisKey)] = [
            (.sessionWithoutIndex, keys.allOf("session"), keys.sessions),
            (.bindingWithoutIndex, keys.allOf("binding"), keys.bindings),
        ]
        for (kind, pattern, index) in kinds {
            let start = pattern.name.utf8.count - 1
            var position: String? = SCAN.start, seen: Set<String> = []
            while let from = position {
                let page = try ask(SCAN(pattern.name, from: from, count: 500))
                position = page.next
                let names = page.keys.map { String($0.name.dropFirst(start)) }.filter { seen.insert($0).inserted }
                looked += names.count
                for (name, score) in zip(names, try ask(ZMSCORE(index, names))) where score == nil {
                    // One that went since is none.
                    guard try ask(EXISTS(RedisKey(pattern.name.dropLast() + name))) else { continue }
                    let session = kind == .sessionWithoutIndex ? SessionID(rawValue: name) : nil
                    broken.append(BrokenReference(kind, name, session: session))
                }
            }
        }
        return looked
    }

    /// Has the index name a record again.
    package mutating func index(_ reference: BrokenReference, in registry: SessionRegistry, now: Int64)
        throws(RedisError)
    {
        switch reference.kind {
        case .sessionWithoutIndex:
            guard let id = reference.session, let record = try ask(registry.session(id)) else { return }
            _ = try ask(ZADDNX(registry.keys.sessions, [(id.rawValue, "\(record.lastUsedMilliseconds ?? now)")]))
        case .bindingWithoutIndex:
            guard let key = try? DispatchKey(reference.thing) else { return }
            let end = now + (try ask(PTTL(registry.keys.binding(key))) ?? 0)
            _ = try ask(ZADDNX(registry.keys.bindings, [(key.rawValue, "\(end)")]))
        default: return
        }
    }

    private mutating func forEachMember(
        of set: RedisKey, _ work: (inout RedisConnection, [String]) throws(RedisError) -> Void
    ) throws(RedisError) {
        var rank = 0
        let page = 500
        while true {
            let members = try ask(ZRANGE(set, rank..<rank + page))
            if !members.isEmpty { try work(&self, members) }
            guard members.count == page else { return }
            rank += page
        }
    }

    /// Takes a name out of an index of the registry behind which nothing stands.
    package mutating func forget(_ reference: BrokenReference, in registry: SessionRegistry) throws(RedisError) {
        switch reference.kind {
        case .memberWithoutSession:
            _ = try ask(ZREM(registry.keys.sessions, [reference.thing]))
            _ = try ask(ZREM(registry.keys.open, [reference.thing]))
        case .memberWithoutBinding: _ = try ask(ZREM(registry.keys.bindings, [reference.thing]))
        case .memberWithoutEpisode, .episodeWithoutSet, .bindingWithoutSession, .conversationWithoutSession,
            .sessionWithoutIndex, .bindingWithoutIndex:
            break
        }
    }

    /// Whether somebody cleared a key, or dropped what it had by hand, since its binding was used last.
    package mutating func isCleared(_ binding: Binding, _ registry: SessionRegistry) throws(RedisError) -> Bool {
        guard let cleared = try ask(GET(registry.keys.cleared(binding.dispatchKey))) else { return false }
        // Milliseconds, and a moment of that boot, of which a mirror knows nothing.
        return Int64(cleared.prefix { $0 != " " }) ?? .max >= binding.lastUsedMilliseconds
    }

    /// Gives a key the binding that a mirror has, whatever it has now.
    /// - Parameter ageMilliseconds: after which the key's sessions are not resumed.
    /// - Returns: false where its time is over.
    package mutating func bind(
        as binding: Binding, in registry: SessionRegistry, ageMilliseconds: Int64, now: Int64
    ) throws(RedisError) -> Bool {
        let end = binding.lastUsedMilliseconds + ageMilliseconds + 86_400_000
        guard end > now else { return false }
        let key = registry.keys.binding(binding.dispatchKey), draft = registry.keys.draft(of: key)
        _ = try ask(DEL(draft))
        try ask(WRITEVALUE(draft, .hash(BindingRecord(binding).fields), expiresMilliseconds: end))
        try ask(RENAME(draft, to: key))
        try index(BrokenReference(.bindingWithoutIndex, binding.dispatchKey.rawValue), in: registry, now: now)
        return true
    }
}

extension BindingRecord {
    /// As a mirror has it.
    fileprivate init(_ binding: Binding) {
        self.init()
        (sessionID, host) = (binding.sessionID, binding.host)
        lastUsedMilliseconds = binding.lastUsedMilliseconds
        lastUsedAt = ISOTime.text(binding.lastUsedMilliseconds)
        (configDirectory, cwd, transcriptPath) = (binding.configDirectory, binding.cwd, binding.transcriptPath)
    }
}
