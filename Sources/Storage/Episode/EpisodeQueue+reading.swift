package import Domain
package import Redis

extension EpisodeQueue {
    /// How many episodes are in no archive yet.
    package var unarchivedCount: ZCARD { ZCARD(keys.unarchived) }

    /// An episode's hash; nil when there is none.
    package func episode(_ id: EpisodeID) -> ReadRecord<EpisodeRecord> { ReadRecord(keys.episode(id)) }

    /// The hashes of episodes, in their order.
    package func episodes(_ ids: [EpisodeID]) -> ForEach<ReadRecord<EpisodeRecord>> { ForEach(ids.map(episode)) }

    /// Whether each of some episodes is in the queue.
    package func exist(_ ids: [EpisodeID]) -> ForEach<EXISTS> { ForEach(ids.map { EXISTS(keys.episode($0)) }) }

    /// The ids not yet in the archive, the oldest first.
    package func unarchived(_ count: Int) -> EpisodeIDs { EpisodeIDs(range: ZRANGE(keys.unarchived, 0..<count)) }

    /// The ids due last, the last first.
    package func dueLast(_ count: Int) -> EpisodeIDs {
        EpisodeIDs(range: ZRANGE(keys.schedule, 0..<count, fromHighest: true))
    }

    /// The ids in a state, the lowest score first.
    package func ids(_ state: State, _ ranks: Range<Int>) -> EpisodeIDs {
        EpisodeIDs(range: ZRANGE(set(of: state), ranks))
    }

    /// The same with their scores: ms since 1970.
    package func timed(_ state: State, _ ranks: Range<Int>) -> TimedEpisodes {
        TimedEpisodes(range: ZRANGE(set(of: state), ranks))
    }

    /// Those that have failed and are not done, the latest failure first.
    package func failedLast(_ ranks: Range<Int>) -> EpisodeIDs {
        EpisodeIDs(range: ZRANGE(keys.failed, ranks, fromHighest: true))
    }

    package var failedCount: ZCARD { ZCARD(keys.failed) }

    /// How many episodes the queue holds that are not done.
    package var count: QueueCount { QueueCount(keys: keys) }

    /// The tokens that were spent on a UTC day, `yyyy-mm-dd`.
    package func tokensSpent(on day: String) -> TokensSpent { TokensSpent(key: keys.day(day)) }

    /// Forgets that episodes were done: they come back.
    package func forgettingDone(_ ids: [EpisodeID]) -> ZREM { ZREM(keys.done, ids.map(\.rawValue)) }

    /// Where an episode stands.
    package func state(of id: EpisodeID) -> EpisodeState { EpisodeState(queue: self, id: id) }
}

/// Episodes by rank in one of the queue's sets.
package struct EpisodeIDs: RedisCommand {
    let range: ZRANGE

    package var request: RedisRequest { range.request }
    package func read(_ reply: RedisReply) -> [EpisodeID] { range.read(reply).compactMap(EpisodeID.init) }
}

/// Episodes by rank in one of the queue's sets, each with its score in ms.
package struct TimedEpisodes: RedisCommand {
    let range: ZRANGE

    package var request: RedisRequest { range.withScores.request }

    package func read(_ reply: RedisReply) -> [(id: EpisodeID, milliseconds: Int64)] {
        range.withScores.read(reply).compactMap { scored in
            EpisodeID(rawValue: scored.member).map { ($0, scored.score) }
        }
    }
}

/// How many episodes a queue holds that are not done.
package struct QueueCount: RedisQuery {
    let keys: PoolKeys

    private var sets: ForEach<ZCARD> { ForEach([keys.schedule, keys.leases, keys.dead].map(ZCARD.init)) }

    package var requests: [RedisRequest] { sets.requests }
    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Int64 {
        try sets.decode(&replies).reduce(0, +)
    }
}

/// In which of the queue's sets an episode is; nil in none, as when it was discarded.
package struct EpisodeState: RedisQuery {
    let queue: EpisodeQueue
    let id: EpisodeID

    private static let states: [EpisodeQueue.State] = [.scheduled, .leased, .dead]
    private var scores: ForEach<ZSCORE> {
        ForEach(Self.states.map { ZSCORE(queue.set(of: $0), id.rawValue) })
    }

    package var requests: [RedisRequest] { scores.requests }
    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> EpisodeQueue.State? {
        zip(Self.states, try scores.decode(&replies)).first { $1 != nil }?.0
    }
}

/// The tokens that were spent on one day.
package struct TokensSpent: RedisCommand {
    let key: RedisKey

    package var request: RedisRequest { HGET(key, DayRecord.Field.tokens.rawValue).request }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}
