package import Domain
package import Redis

/// Another 30 s for work that goes on. Twin of `extend_leases.lua`.
package struct ExtendLeases: JSONScript {
    package struct Argument: Encodable, Sendable {
        let lease_ms: Int64
        let leases: [HeldLease]
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.extend_leases_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// Due again, without a word against the episodes. Twin of `give_back_leases.lua`.
package struct GiveBackLeases: JSONScript {
    package struct Argument: Encodable, Sendable {
        let delay_ms: Int64
        let leases: [HeldLease]
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.give_back_leases_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> [LeaseState] { try LeaseState.list(reply) }
}

/// One lease as the scripts are told of it.
package struct HeldLease: Encodable, Sendable {
    let id: String
    let token: String

    init(_ lease: Lease) {
        id = lease.id.rawValue
        token = lease.token
    }
}

extension EpisodeQueue {
    package func extending(_ leases: [Lease]) -> ExtendLeases {
        ExtendLeases(
            keys: [keys.leases], argument: .init(lease_ms: Lease.lengthMilliseconds, leases: leases.map(HeldLease.init))
        )
    }

    /// - Parameter delayMilliseconds: until they are due again.
    package func givingBack(_ leases: [Lease], delayMilliseconds: Int64 = 0) -> GiveBackLeases {
        GiveBackLeases(
            keys: [keys.leases], argument: .init(delay_ms: delayMilliseconds, leases: leases.map(HeldLease.init)))
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
