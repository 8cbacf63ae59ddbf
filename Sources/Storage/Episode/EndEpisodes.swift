package import Domain
package import Redis

/// Episodes leave the queue, each by its outcome. Twin of `complete_episodes.lua`.
package struct CompleteEpisodes: JSONScript {
    package struct Episode: Encodable, Sendable {
        let id: String
        let token: String
        let outcome: String

        /// - Parameter token: of the lease; empty for an episode that nobody leased.
        package init(_ id: EpisodeID, token: String, outcome: EpisodeOutcome) {
            self.id = id.rawValue
            self.token = token
            self.outcome = outcome.rawValue
        }
    }

    package struct Argument: Encodable, Sendable {
        let episodes: [Episode]
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.complete_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// A call of the model failed: the episode is tried again later, waits, or is dead. Twin of `fail_episode.lua`.
package struct FailEpisode: JSONScript {
    package struct Argument: Encodable, Sendable {
        let id: String
        let token: String
        let verdict: String
        let delay_ms: Int64
        let error_type: String
        let error_message: String
        let cause: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.fail_episode_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> LeaseState {
        guard let state = reply.text.flatMap(LeaseState.init) else {
            throw .unexpectedReply(expected: "held, lost, discarded or gone")
        }
        return state
    }
}

/// A person gives an episode up. Twin of `discard_episode.lua`; answers whether there was something to give up.
package struct DiscardEpisode: JSONScript {
    package struct Argument: Encodable, Sendable {
        let id: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.discard_episode_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension EpisodeQueue {
    package func completing(_ episodes: [CompleteEpisodes.Episode]) -> CompleteEpisodes {
        CompleteEpisodes(keys: [keys.leases], argument: .init(episodes: episodes))
    }

    /// - Parameter message: one line, redacted.
    package func failing(
        _ lease: Lease, _ failure: FailureClass, message: String, _ verdict: RetryPolicy.Verdict
    ) -> FailEpisode {
        let (name, delay): (String, Int64) =
            switch verdict {
            case .retry(let delay): ("retry", delay)
            case .wait(let delay): ("wait", delay)
            case .dead: ("dead", 0)
            }
        return FailEpisode(
            keys: [keys.episode(lease.id)],
            argument: .init(
                id: lease.id.rawValue, token: lease.token, verdict: name, delay_ms: delay,
                error_type: failure.category.rawValue, error_message: message, cause: failure.cause.rawValue))
    }

    package func discarding(_ id: EpisodeID) -> DiscardEpisode {
        DiscardEpisode(keys: [keys.episode(id)], argument: .init(id: id.rawValue))
    }
}
