package import Domain
package import Redis

/// Twin of `claim_episodes.lua`.
package struct ClaimEpisodes: NewsScript {
    package struct News: Encodable, Sendable {
        let owner: String
        let token: String
        let count: Int64
        let lease_ms: Int64
        let held: Int64
    }

    package struct Claim: Sendable, Equatable {
        package var leases: [Lease] = []
        /// Those whose lease ran out for the last time: dead.
        package var buried: [EpisodeID] = []
        /// Until something is due, ms; nil while nothing waits.
        package var waitMilliseconds: Int64?
        /// Due, but not yet in the archive.
        package var passedOver: Int64 = 0
        /// Due, but only for a companion that holds no other lease.
        package var waitingAlone: Int64 = 0
    }

    package struct Answer: Sendable {
        var reply: [RedisReply]
    }

    package static let source = ScriptText.ofQueue(PackageResources.claim_episodes_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Answer {
        guard let parts = reply.array, parts.count >= 4, (parts.count - 4) % 8 == 0 else {
            throw .unexpectedReply(expected: "a claim: what died, three figures, and eight parts a lease")
        }
        return Answer(reply: parts)
    }
}

extension RedisConnection {
    /// Leases up to `count` due episodes to `owner`.
    /// - Parameters:
    ///   - token: of these leases; never used before.
    ///   - held: how many leases the owner has already.
    package mutating func claim(
        _ count: Int, from queue: EpisodeQueue, owner: String, token: String, held: Int
    ) throws(RedisError) -> ClaimEpisodes.Claim {
        let parts = try run(queue.claiming(count, owner: owner, token: token, held: held)).reply
        var claim = ClaimEpisodes.Claim(
            buried: (parts[0].array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) },
            waitMilliseconds: parts[1].text.flatMap { Int64($0) }, passedOver: parts[2].integer ?? 0,
            waitingAlone: parts[3].integer ?? 0)
        for start in stride(from: 4, to: parts.count, by: 8) {
            let texts = parts[start..<start + 8].map { $0.text ?? "" }
            guard let id = EpisodeID(rawValue: texts[0]) else { continue }
            claim.leases.append(
                Lease(
                    id: id, token: token, retryCount: Int64(texts[1]) ?? 0, attempts: Int64(texts[2]) ?? 0,
                    session: texts[3], dispatchKey: texts[4], groupID: texts[5],
                    capturedMilliseconds: Int64(texts[6]) ?? 0, content: texts[7]))
        }
        return claim
    }
}
