package import Domain
package import Redis

/// Leases due episodes to one companion. Twin of `claim_episodes.lua`.
package struct ClaimEpisodes: JSONScript {
    package struct Argument: Encodable, Sendable {
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

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.claim_episodes_lua)

    /// The first four parts are of the claim as a whole, then come eight of each lease.
    private static let head = 4, width = 8

    package func decode(_ reply: RedisReply) throws(RedisError) -> Claim {
        guard let parts = reply.array, parts.count >= Self.head, (parts.count - Self.head) % Self.width == 0 else {
            throw .unexpectedReply(expected: "a claim: what died, three figures, and eight parts a lease")
        }
        var claim = Claim(
            buried: (parts[0].array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) },
            waitMilliseconds: parts[1].text.flatMap { StoredNumber.of($0) }, passedOver: parts[2].integer ?? 0,
            waitingAlone: parts[3].integer ?? 0)
        for start in stride(from: Self.head, to: parts.count, by: Self.width) {
            let texts = parts[start..<start + Self.width].map { $0.text ?? "" }
            guard let id = EpisodeID(rawValue: texts[0]) else { continue }
            claim.leases.append(
                Lease(
                    id: id, token: argument.token, retryCount: StoredNumber.of(texts[1]) ?? 0,
                    attempts: StoredNumber.of(texts[2]) ?? 0,
                    session: texts[3], dispatchKey: try? DispatchKey(texts[4]), groupID: texts[5],
                    capturedMilliseconds: StoredNumber.of(texts[6]) ?? 0, content: texts[7]))
        }
        return claim
    }
}

extension EpisodeQueue {
    /// Leases up to `count` due episodes to `owner`.
    /// - Parameters:
    ///   - token: of these leases; never used before.
    ///   - held: how many leases the owner has already.
    package func claiming(_ count: Int, owner: String, token: String, held: Int) -> ClaimEpisodes {
        ClaimEpisodes(
            keys: [keys.schedule],
            argument: .init(
                owner: owner, token: token, count: Int64(count), lease_ms: Lease.lengthMilliseconds, held: Int64(held)))
    }
}
