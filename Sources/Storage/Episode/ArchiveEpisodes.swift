package import Domain
package import Redis

/// They are in the archive. Twin of `mark_archived.lua`.
package struct MarkArchived: EpisodesScript {
    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.mark_archived_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

/// To be taken into the archive again. Twin of `unarchive_episodes.lua`.
package struct UnarchiveEpisodes: EpisodesScript {
    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.unarchive_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

/// Into the archive's backlog, for want of room. Twin of `evict_episodes.lua`; answers those that left.
package struct EvictEpisodes: EpisodesScript {
    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.evict_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [EpisodeID] {
        (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }
}

/// From the archive back onto the schedule. Twin of `restore_episodes.lua`.
package struct RestoreEpisodes: JSONScript {
    package struct Argument: Encodable, Sendable {
        struct Episode: Encodable, Sendable {
            let id: String
            let fields: [String: String]
        }

        let limit: Int64
        let episodes: [Episode]
    }

    package enum State: String, Sendable {
        case restored, there, done, full
    }

    package let keys: [RedisKey]
    package let argument: Argument
    package let contents: [String]

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.restore_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [State] {
        let states = (reply.array ?? []).compactMap { $0.text.flatMap(State.init) }
        guard reply.array?.count == states.count else {
            throw .unexpectedReply(expected: "restored, there, done or full for each")
        }
        return states
    }
}

/// Repairs what should not be. Twin of `reconcile_episodes.lua`; answers where it did.
package struct ReconcileEpisodes: EpisodesScript {
    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.reconcile_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [EpisodeID] {
        (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }
}

extension EpisodeQueue {
    package func markingArchived(_ ids: [EpisodeID]) -> MarkArchived {
        MarkArchived(keys: [keys.unarchived], argument: EpisodeList(ids))
    }

    package func unarchiving(_ ids: [EpisodeID]) -> UnarchiveEpisodes {
        UnarchiveEpisodes(keys: [keys.unarchived], argument: EpisodeList(ids))
    }

    package func evicting(_ ids: [EpisodeID]) -> EvictEpisodes {
        EvictEpisodes(keys: [keys.schedule], argument: EpisodeList(ids))
    }

    package func reconciling(_ ids: [EpisodeID]) -> ReconcileEpisodes {
        ReconcileEpisodes(keys: [keys.schedule], argument: EpisodeList(ids))
    }

    /// - Parameters:
    ///   - episodes: as they were captured.
    ///   - limit: episodes the queue may hold.
    package func restoring(_ episodes: [(id: EpisodeID, record: EpisodeRecord)], limit: Int64) -> RestoreEpisodes {
        RestoreEpisodes(
            keys: [keys.schedule],
            argument: .init(
                limit: limit, episodes: episodes.map { .init(id: $0.id.rawValue, fields: $0.record.restorable) }),
            contents: episodes.map { $0.record.content ?? "" })
    }
}
