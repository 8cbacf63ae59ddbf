package import Domain
package import Redis

/// Due now, because a person says so. Twin of `retry_episodes.lua`.
package struct RetryEpisodes: EpisodesScript {
    package enum State: String, Encodable, Sendable {
        case scheduled, leased, discarded, gone
    }

    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.retry_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [State] {
        (reply.array ?? []).map { $0.text.flatMap(State.init) ?? .gone }
    }
}

/// One page of what failed or waits for the provider's sake becomes due. Twin of `release_episodes.lua`.
package struct ReleaseEpisodes: JSONScript {
    package struct Argument: Encodable, Sendable {
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

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.release_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Page {
        guard let parts = reply.array, parts.count == 3, let next = parts[0].integer, let released = parts[1].integer,
            let delay = parts[2].integer
        else { throw .unexpectedReply(expected: "an offset, a count and a delay") }
        return Page(nextOffset: next < 0 ? nil : next, released: released, delayMilliseconds: delay)
    }
}

/// Some episodes, by id: what several scripts are told.
package struct EpisodeList: Encodable, Sendable {
    let ids: [String]

    init(_ ids: [EpisodeID]) { self.ids = ids.map(\.rawValue) }
}

/// A script that is told nothing but some episodes.
package protocol EpisodesScript: JSONScript where Argument == EpisodeList {}

extension EpisodeQueue {
    package func retrying(_ ids: [EpisodeID]) -> RetryEpisodes {
        RetryEpisodes(keys: [keys.schedule], argument: EpisodeList(ids))
    }

    /// - Parameters:
    ///   - offset: 0, or what the page before answered, with its delay.
    ///   - count: at most so many in this page.
    ///   - paceMilliseconds: between one episode and the next.
    package func releasing(
        from offset: Int64 = 0, count: Int64 = 100, delayMilliseconds: Int64 = 0, paceMilliseconds: Int64,
        policy: RetryPolicy
    ) -> ReleaseEpisodes {
        ReleaseEpisodes(
            keys: [keys.schedule],
            argument: .init(
                offset: offset, limit: count, pace_ms: paceMilliseconds, delay_ms: delayMilliseconds,
                retry_count: max(0, policy.maximum - 1)))
    }
}
