package import Domain
package import Redis

/// One lease as the scripts are told of it.
package struct LeaseNews: Encodable, Sendable {
    let id: String
    let token: String

    init(_ lease: Lease) {
        id = lease.id.rawValue
        token = lease.token
    }
}

/// Twin of `extend_leases.lua`: another 30 s for work that goes on.
package struct ExtendLeases: NewsScript {
    package struct News: Encodable, Sendable {
        let lease_ms: Int64
        let leases: [LeaseNews]
    }

    package static let source = ScriptText.ofQueue(PackageResources.extend_leases_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// Twin of `give_back_leases.lua`: due again, without a word against the episodes.
package struct GiveBackLeases: NewsScript {
    package struct News: Encodable, Sendable {
        let delay_ms: Int64
        let leases: [LeaseNews]
    }

    package static let source = ScriptText.ofQueue(PackageResources.give_back_leases_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// Twin of `complete_episodes.lua`.
package struct CompleteEpisodes: NewsScript {
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

    package struct News: Encodable, Sendable {
        let episodes: [Episode]
    }

    package static let source = ScriptText.ofQueue(PackageResources.complete_episodes_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// Twin of `fail_episode.lua`.
package struct FailEpisode: NewsScript {
    package struct News: Encodable, Sendable {
        let id: String
        let token: String
        let verdict: String
        let delay_ms: Int64
        let error_type: String
        let error_message: String
        let cause: String
    }

    package static let source = ScriptText.ofQueue(PackageResources.fail_episode_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> LeaseState {
        guard let state = reply.text.flatMap(LeaseState.init) else {
            throw .unexpectedReply(expected: "held, lost, discarded or gone")
        }
        return state
    }
}

extension LeaseState {
    static func list(_ reply: RedisReply) throws(RedisError) -> [LeaseState] {
        let states = (reply.array ?? []).compactMap { $0.text.flatMap(LeaseState.init) }
        guard reply.array?.count == states.count else {
            throw .unexpectedReply(expected: "held, lost, discarded or gone for each")
        }
        return states
    }
}
