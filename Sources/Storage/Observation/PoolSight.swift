package import Domain
package import Redis

/// How the queue of a pool stands, whoever serves it, in one round trip.
package struct PoolSight: RedisQuery {
    package struct Answer: Sendable, Equatable {
        package var waiting: Int64
        /// Being worked on.
        package var leased: Int64
        package var dead: Int64
        package var unarchived: Int64
        /// When the oldest was captured that is neither a memory nor given up, ms since 1970; nil where there is none.
        package var oldestMilliseconds: Int64?
        /// The companion that has its archive; nil while none serves it.
        package var owner: String?

        /// Episodes that somebody is to work on.
        package var open: Int64 { waiting + leased }
    }

    private let cards: ForEach<ZCARD>
    private let oldest: ZRANGE.WithScores
    private let owner: GET

    fileprivate init(_ queue: EpisodeQueue) {
        let keys = queue.keys
        cards = ForEach([keys.schedule, keys.leases, keys.dead, keys.unarchived].map(ZCARD.init))
        oldest = ZRANGE(keys.pending, 0..<1).withScores
        owner = queue.archiveOwner
    }

    package var requests: [RedisRequest] { cards.requests + [oldest.request, owner.request] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let cards = try cards.decode(&replies)
        return Answer(
            waiting: cards[0], leased: cards[1], dead: cards[2], unarchived: cards[3],
            oldestMilliseconds: try oldest.decode(&replies).first?.score, owner: try owner.decode(&replies))
    }
}

extension EpisodeQueue {
    package var sight: PoolSight { PoolSight(self) }
}

extension RedisConnection {
    /// The pools that have a queue in this Redis. It looks at every key, a thousand at a time: for daemons and for people
    /// who ask.
    /// - Parameter sets: of the queue; one of them has something.
    package mutating func pools(
        of keys: Keys, with sets: [String] = ["schedule", "unarchived"]
    ) throws(RedisError) -> [String] {
        var names: Set<String> = []
        for end in sets {
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
            guard sight.owner == nil, sight.open + sight.unarchived > 0 else { continue }
            found.append(UnservedPool(name: name, episodes: sight.open, unarchived: sight.unarchived))
        }
        return found
    }
}
