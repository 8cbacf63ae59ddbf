package import Domain
package import Redis

extension RedisConnection {
    /// Some hundred thousand keys are looked through at most.
    private static let mostPages = 200

    /// The dispatch keys that begin with a text and are bound, sorted; ten thousand or a few more at most.
    package mutating func boundKeys(
        beginningWith text: String, _ registry: SessionRegistry
    ) throws(RedisError) -> [DispatchKey] {
        try members(of: registry.keys.bindings, beginningWith: text).compactMap { try? DispatchKey($0) }
    }

    /// The sessions on record whose IDs begin with a text, sorted; as many at most.
    package mutating func sessions(
        beginningWith text: String, _ registry: SessionRegistry
    ) throws(RedisError) -> [SessionID] {
        try members(of: registry.keys.sessions, beginningWith: text).compactMap(SessionID.init)
    }

    /// The episodes of a queue, those that are done too, whose IDs begin with a text; as many of each state at most.
    package mutating func episodes(
        beginningWith text: String, in queue: EpisodeQueue
    ) throws(RedisError) -> [EpisodeID] {
        var ids: [EpisodeID] = []
        for state in EpisodeQueue.State.allCases {
            ids += try members(of: queue.set(of: state), beginningWith: text).compactMap(EpisodeID.init)
        }
        return ids
    }

    private mutating func members(of set: RedisKey, beginningWith text: String) throws(RedisError) -> [String] {
        var names: Set<String> = []
        var position: String? = SCAN.start
        var pages = 0
        while let from = position, pages < Self.mostPages, names.count < 10_000 {
            let page = try ask(ZSCAN(set, SCAN.pattern(text) + "*", from: from, count: 1000))
            names.formUnion(page.members)
            position = page.next
            pages += 1
        }
        return names.sorted()
    }

    /// Removes every key of a namespace, its pools' too: for one that was made to be thrown away.
    package mutating func removeAll(of keys: Keys) throws(RedisError) {
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(keys.everything, from: from, count: 1000))
            for key in page.keys { _ = try ask(DEL(key)) }
            position = page.next
        }
    }
}
