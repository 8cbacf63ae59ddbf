package import Domain
package import Redis

/// Some episodes, by id: what several scripts are told.
package struct EpisodeList: Encodable, Sendable {
    let ids: [String]

    init(_ ids: [EpisodeID]) { self.ids = ids.map(\.rawValue) }
}

/// Twin of `retry_episodes.lua`: due now, because a person says so.
package struct RetryEpisodes: NewsScript {
    package enum State: String, Encodable, Sendable {
        case scheduled, leased, discarded, gone
    }

    package static let source = ScriptText.ofQueue(PackageResources.retry_episodes_lua)
    package let keys: [String]
    package let news: EpisodeList
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [State] {
        (reply.array ?? []).map { $0.text.flatMap(State.init) ?? .gone }
    }
}

/// Twin of `release_episodes.lua`: one page of what failed or waits for the provider's sake becomes due.
package struct ReleaseEpisodes: NewsScript {
    package struct News: Encodable, Sendable {
        let offset: Int64
        let limit: Int64
        let pace_ms: Int64
        let delay_ms: Int64
        let retry_count: Int64
    }

    package struct Page: Sendable, Equatable {
        /// nil after the last page.
        package var nextOffset: Int64?
        package var released: Int64
        package var delayMilliseconds: Int64
    }

    package static let source = ScriptText.ofQueue(PackageResources.release_episodes_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Page {
        guard let parts = reply.array, parts.count == 3, let next = parts[0].integer, let released = parts[1].integer,
            let delay = parts[2].integer
        else { throw .unexpectedReply(expected: "an offset, a count and a delay") }
        return Page(nextOffset: next < 0 ? nil : next, released: released, delayMilliseconds: delay)
    }
}

/// Twin of `archived_episodes.lua`.
package struct MarkArchived: NewsScript {
    package static let source = ScriptText.ofQueue(PackageResources.archived_episodes_lua)
    package let keys: [String]
    package let news: EpisodeList
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

/// Twin of `unarchive_episodes.lua`: to be taken into the archive again.
package struct UnarchiveEpisodes: NewsScript {
    package static let source = ScriptText.ofQueue(PackageResources.unarchive_episodes_lua)
    package let keys: [String]
    package let news: EpisodeList
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

/// Twin of `evict_episodes.lua`: into the archive's backlog, for want of room.
package struct EvictEpisodes: NewsScript {
    package static let source = ScriptText.ofQueue(PackageResources.evict_episodes_lua)
    package let keys: [String]
    package let news: EpisodeList
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [EpisodeID] {
        (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }
}

/// Twin of `reconcile_episodes.lua`: repairs what should not be, and answers where it did.
package struct ReconcileEpisodes: NewsScript {
    package static let source = ScriptText.ofQueue(PackageResources.reconcile_episodes_lua)
    package let keys: [String]
    package let news: EpisodeList
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [EpisodeID] {
        (reply.array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }
}

/// Twin of `restore_episodes.lua`: from the archive back onto the schedule.
package struct RestoreEpisodes: NewsScript {
    package struct Episode: Sendable {
        let id: EpisodeID
        let fields: [String: String]
        let content: String

        /// - Parameter fields: of its hash as it was captured, without the content.
        package init(id: EpisodeID, fields: [String: String], content: String) {
            self.id = id
            self.fields = fields
            self.content = content
        }
    }

    package struct News: Encodable, Sendable {
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

    package static let source = ScriptText.ofQueue(PackageResources.restore_episodes_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?
    let contents: [String]

    package var arguments: [String] {
        [nowMilliseconds.map(String.init) ?? "", "0", newsText] + contents
    }

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [State] {
        let states = (reply.array ?? []).compactMap { $0.text.flatMap(State.init) }
        guard reply.array?.count == states.count else {
            throw .unexpectedReply(expected: "restored, there, done or full for each")
        }
        return states
    }
}
