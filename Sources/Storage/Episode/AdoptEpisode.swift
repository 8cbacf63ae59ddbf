package import Domain
package import Redis

/// Takes in an episode of another pool. Twin of `adopt_episode.lua`.
package struct AdoptEpisode: JSONScript {
    package struct Argument: Encodable, Sendable {
        let id: String
        let limit: Int64
        let fields: [String: String]
    }

    package enum State: String, Sendable {
        case adopted
        /// It is in our queue already.
        case there
        case full
    }

    package let keys: [RedisKey]
    package let argument: Argument
    package let contents: [String]

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.adopt_episode_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> State {
        guard let state = reply.text.flatMap(State.init) else {
            throw .unexpectedReply(expected: "adopted, there or full")
        }
        return state
    }
}

/// How the queue of a pool stands that is perhaps nobody's.
package struct PoolSight: RedisQuery {
    package struct Answer: Sendable, Equatable {
        package var episodes: Int64
        package var unarchived: Int64
        /// The companion that has its archive; nil while none serves it.
        package var owner: String?

        package init(episodes: Int64, unarchived: Int64, owner: String?) {
            self.episodes = episodes
            self.unarchived = unarchived
            self.owner = owner
        }
    }

    private let cards: ForEach<ZCARD>
    private let owner: GET

    fileprivate init(_ queue: EpisodeQueue) {
        cards = ForEach([queue.keys.schedule, queue.keys.leases, queue.keys.unarchived].map(ZCARD.init))
        owner = queue.archiveOwner
    }

    package var requests: [RedisRequest] { cards.requests + [owner.request] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let cards = try cards.decode(&replies)
        return Answer(episodes: cards[0] + cards[1], unarchived: cards[2], owner: try owner.decode(&replies))
    }
}

extension EpisodeQueue {
    package var sight: PoolSight { PoolSight(self) }

    /// - Parameters:
    ///   - record: with its content.
    ///   - limit: episodes the queue may hold.
    package func adopting(_ id: EpisodeID, _ record: EpisodeRecord, limit: Int64) -> AdoptEpisode {
        var fields = record.restorable
        fields[EpisodeRecord.Field.needsReprocessing.rawValue] = record.needsReprocessing ? "1" : "0"
        return AdoptEpisode(
            keys: [keys.schedule], argument: .init(id: id.rawValue, limit: limit, fields: fields),
            contents: [record.content ?? ""])
    }
}

extension RedisConnection {
    /// The pools that have a queue in this Redis. It looks at every key, a thousand at a time: for daemons and for people
    /// who ask. On a cluster, those of one shard.
    package mutating func pools(of keys: Keys) throws(RedisError) -> [String] {
        var names: Set<String> = []
        for end in ["schedule", "unarchived"] {
            var position: String? = SCAN.start
            while let from = position {
                let page = try ask(SCAN(keys.allPools(end), from: from, count: 1000))
                names.formUnion(page.keys.compactMap(keys.pool(of:)))
                position = page.next
            }
        }
        return names.sorted()
    }

    /// Those of them, beside our own, that have something to do and nobody who does it.
    package mutating func unservedPools(of keys: Keys, but own: String) throws(RedisError) -> [UnservedPool] {
        var found: [UnservedPool] = []
        for name in try pools(of: keys) where name != own {
            let sight = try ask(EpisodeQueue(keys: keys.pool(name)).sight)
            guard sight.owner == nil, sight.episodes + sight.unarchived > 0 else { continue }
            found.append(UnservedPool(name: name, episodes: sight.episodes, unarchived: sight.unarchived))
        }
        return found
    }
}
