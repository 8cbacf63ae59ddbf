package import Domain
package import Redis

/// An episode that has failed, and whether it is tried again.
package struct FailedEpisode: Sendable {
    package var id: EpisodeID
    /// Of its hash what says how it failed; not what it says.
    package var record: EpisodeRecord
    /// When it is due, ms since 1970; nil when it is not on the schedule.
    package var dueMilliseconds: Int64?
    package var isDead: Bool
}

/// Some episodes that have failed; nil for one that is gone.
package struct FailedEpisodes: RedisQuery {
    private let ids: [EpisodeID]
    private let due, dead: ZMSCORE
    private let records: ForEach<ReadRecord<EpisodeRecord>>

    /// The content may have a quarter of a megabyte.
    private static let names = [
        EpisodeRecord.Field.errorType, .errorMessage, .retryCount, .attempts, .failedMilliseconds, .dispatchKey,
        .sessionID, .sessionFile, .groupID,
    ]

    fileprivate init(_ queue: EpisodeQueue, _ ids: [EpisodeID], withContent: Bool) {
        let names = (Self.names + (withContent ? [.content] : [])).map(\.rawValue)
        self.ids = ids
        due = ZMSCORE(queue.keys.schedule, ids.map(\.rawValue))
        dead = ZMSCORE(queue.keys.dead, ids.map(\.rawValue))
        records = ForEach(ids.map { ReadRecord(queue.keys.episode($0), only: names) })
    }

    package var requests: [RedisRequest] { due.requests + dead.requests + records.requests }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> [FailedEpisode?] {
        let due = try due.decode(&replies), dead = try dead.decode(&replies)
        let records = try records.decode(&replies)
        return ids.indices.map { index in
            records[index].map {
                FailedEpisode(id: ids[index], record: $0, dueMilliseconds: due[index], isDead: dead[index] != nil)
            }
        }
    }
}

extension EpisodeQueue {
    /// - Parameter withContent: what they say, too: a quarter of a megabyte each.
    package func failedEpisodes(_ ids: [EpisodeID], withContent: Bool = false) -> FailedEpisodes {
        FailedEpisodes(self, ids, withContent: withContent)
    }
}
