package import Domain
package import Redis

/// How a pool's queue stands, in one round trip, whatever the number of episodes.
package struct QueueOverview: RedisQuery {
    package struct Answer: Sendable {
        /// Why the server takes no writes of the pool; nil where it does.
        package var writeFailure: RedisError?
        package var scheduled: Int64
        package var leased: Int64
        package var dead: Int64
        package var unarchived: Int64
        package var failed: Int64
        /// Times, ms since 1970, of the one that is longest in its set; nil where the set is empty.
        package var oldestPending: Int64?
        package var oldestUnarchived: Int64?
        package var oldestDead: Int64?
        package var lastDone: Int64?
        package var today: DayRecord
        package var yesterday: DayRecord
        /// The first of the schedule, at most `looked`, whether they have failed or not.
        package var next: [Scored]
        package var failedLast: [EpisodeID]
        package var failedFirst: [Scored]
        package var leasedIDs: [String]
        /// The companion that writes the archive.
        package var archiveOwner: String?
        /// Who had it last; nil where nobody ever had.
        package var archiveEpoch: ArchiveEpochRecord?
    }

    private let write: TryWriting
    private let cards: ForEach<ZCARD>
    private let oldestPending, oldestUnarchived, oldestDead, lastDone: ZRANGE.WithScores
    private let days: ForEach<ReadDay>
    private let next, failedFirst: ZRANGE.WithScores
    private let failedLast: EpisodeIDs
    private let leased: ZRANGE
    private let owner: GET
    private let epoch: ReadRecord<ArchiveEpochRecord>

    /// So many of each end are looked at: with more the next retry may be told later than the truth.
    fileprivate static let looked = 100

    fileprivate init(_ queue: EpisodeQueue, now: Int64) {
        let keys = queue.keys
        write = TryWriting(keys.written)
        cards = ForEach([keys.schedule, keys.leases, keys.dead, keys.unarchived, keys.failed].map(ZCARD.init))
        oldestPending = ZRANGE(keys.pending, 0..<1).withScores
        oldestUnarchived = ZRANGE(keys.unarchived, 0..<1).withScores
        oldestDead = ZRANGE(keys.dead, 0..<1).withScores
        lastDone = ZRANGE(keys.done, 0..<1, fromHighest: true).withScores
        let hours = [now, now - 3_600_000].map { Int($0 / 3_600_000 % 24) }
        days = ForEach(
            [now, now - 86_400_000].map { ReadDay(key: keys.day(DayRecord.name(of: $0)), hours: hours) })
        next = ZRANGE(keys.schedule, 0..<Self.looked).withScores
        failedLast = queue.failedLast(0..<Self.looked)
        failedFirst = ZRANGE(keys.failed, 0..<Self.looked).withScores
        leased = ZRANGE(keys.leases, 0..<500)
        owner = queue.archiveOwner
        epoch = queue.archiveEpoch
    }

    package var requests: [RedisRequest] {
        let oldest = [oldestPending, oldestUnarchived, oldestDead, lastDone].map(\.request)
        return write.requests + cards.requests + oldest + days.requests
            + [next.request, failedLast.request, failedFirst.request, leased.request, owner.request, epoch.request]
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let writeFailure = try write.decode(&replies)
        let cards = try cards.decode(&replies)
        let oldest = try ForEach([oldestPending, oldestUnarchived, oldestDead, lastDone]).decode(&replies)
            .map { $0.first?.score }
        let days = try days.decode(&replies)
        return Answer(
            writeFailure: writeFailure, scheduled: cards[0], leased: cards[1], dead: cards[2], unarchived: cards[3],
            failed: cards[4],
            oldestPending: oldest[0], oldestUnarchived: oldest[1], oldestDead: oldest[2], lastDone: oldest[3],
            today: days[0], yesterday: days[1], next: try next.decode(&replies),
            failedLast: try failedLast.decode(&replies), failedFirst: try failedFirst.decode(&replies),
            leasedIDs: try leased.decode(&replies), archiveOwner: try owner.decode(&replies),
            archiveEpoch: try epoch.decode(&replies))
    }
}

extension EpisodeQueue {
    /// What the pool did on each of some days, hour by hour.
    /// - Parameter names: of the days, as `DayRecord.name` has them.
    package func days(_ names: [String]) -> ForEach<ReadDay> {
        ForEach(names.map { ReadDay(key: keys.day($0), hours: Array(0..<24)) })
    }
}

/// What a pool did on a day as a whole and in some of its hours: not all of the hash, which counts each agent too.
package struct ReadDay: RedisCommand {
    fileprivate let key: RedisKey
    fileprivate let hours: [Int]

    private var fields: HMGET { HMGET(key, DayRecord.names(hours: hours)) }

    package var request: RedisRequest { fields.request }
    package func read(_ reply: RedisReply) throws(RedisError) -> DayRecord { DayRecord(fields: try fields.read(reply)) }
}

/// What is asked of a queue once it is known which episodes are next and which have failed.
package struct QueueDetails: RedisQuery {
    package struct Answer: Sendable {
        /// The episodes that failed last, in the order in which they were asked for; nil for one that is gone.
        package var failures: [FailedEpisode?]
        /// When the next retry is due, ms since 1970.
        package var nextRetry: Int64?
        /// When the first failure was of those that are not dead, ms since 1970.
        package var oldestFailure: Int64?
        /// How many of the leased have failed before.
        package var leasedRetries: Int64
        package var due: DueCounts
    }

    private let intervals: DueCounts.Intervals
    /// nil where the overview has brought the whole schedule: a companion at rest asks nothing more.
    private let due: CountDue?
    private let overview: QueueOverview.Answer
    private let failures: FailedEpisodes
    private let nextFailed, endsScheduled, firstDead, leasedFailed: ZMSCORE

    fileprivate init(
        _ queue: EpisodeQueue, after overview: QueueOverview.Answer, due intervals: DueCounts.Intervals, failures: Int
    ) {
        self.overview = overview
        self.intervals = intervals
        due = overview.next.count < QueueOverview.looked ? nil : CountDue(queue.keys.schedule, in: intervals)
        self.failures = queue.failedEpisodes(Array(overview.failedLast.prefix(failures)))
        let keys = queue.keys
        // The schedule holds what has failed and what has not, and says not which.
        nextFailed = ZMSCORE(keys.failed, overview.next.map(\.member))
        endsScheduled = ZMSCORE(
            keys.schedule, overview.failedLast.map(\.rawValue) + overview.failedFirst.map(\.member))
        firstDead = ZMSCORE(keys.dead, overview.failedFirst.map(\.member))
        leasedFailed = ZMSCORE(keys.failed, overview.leasedIDs)
    }

    package var requests: [RedisRequest] {
        failures.requests + nextFailed.requests + endsScheduled.requests + firstDead.requests + leasedFailed.requests
            + (due?.requests ?? [])
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Answer {
        let failures = try failures.decode(&replies)
        let next = zip(overview.next, try nextFailed.decode(&replies)).first { $1 != nil }?.0.score
        let scheduled = try endsScheduled.decode(&replies).compactMap { $0 }.min()
        let oldest = zip(overview.failedFirst, try firstDead.decode(&replies)).first { $1 == nil }?.0.score
        let retries = try leasedFailed.decode(&replies).count { $0 != nil }
        return Answer(
            failures: failures, nextRetry: next ?? scheduled, oldestFailure: oldest, leasedRetries: Int64(retries),
            due: try due?.decode(&replies) ?? DueCounts(of: overview.next.map(\.score), in: intervals))
    }
}

extension EpisodeQueue {
    /// - Parameter now: ms since 1970.
    package func overview(now: Int64) -> QueueOverview { QueueOverview(self, now: now) }

    /// - Parameters:
    ///   - intervals: for which what becomes due is counted.
    ///   - failures: how many of those that failed last are shown.
    package func details(
        after overview: QueueOverview.Answer, due intervals: DueCounts.Intervals, failures: Int
    ) -> QueueDetails {
        QueueDetails(self, after: overview, due: intervals, failures: failures)
    }
}
