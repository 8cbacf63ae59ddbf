package import Domain
package import Redis

/// Drops what was unused for too long: one page of a sweep. Twin of `sweep_sessions.lua`.
package struct SweepSessions: JSONScript {
    package struct Argument: Encodable, Sendable {
        let offset: Int64
        let limit: Int64
        let maxSessionAgeMilliseconds: Int64
        let agents: [String: Int64]
        let host: String

        enum CodingKeys: String, CodingKey {
            case offset, limit, agents, host
            case maxSessionAgeMilliseconds = "max_session_age_ms"
        }
    }

    package struct Page: Sendable, Equatable {
        package var dropped: [SessionID]
        package var nextOffset: Int64?
    }

    /// At most this many ids a call, so that a sweep of a million sessions delays nobody.
    static let pageSize: Int64 = 100

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.sweep_sessions_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Page {
        guard let parts = reply.array, let next = parts.first?.integer else {
            throw .unexpectedReply(expected: "an offset and ids")
        }
        return Page(
            dropped: parts.dropFirst().compactMap { $0.text.flatMap(SessionID.init) },
            nextOffset: next < 0 ? nil : next
        )
    }
}

extension RedisConnection {
    /// Sweeps all pages.
    /// - Parameter now: stands in for the server's clock in tests, ms since 1970.
    /// - Returns: the dropped sessions.
    package mutating func sweep(
        _ registry: SessionRegistry, ages: SessionAges, host: String, now: Int64? = nil
    ) throws(RedisError) -> [SessionID] {
        var dropped: [SessionID] = []
        var offset: Int64? = 0
        while let from = offset {
            let page = try run(registry.sweeping(from: from, ages: ages, host: host), now: now)
            dropped += page.dropped
            // Pages follow one another; a server that says otherwise would keep us for ever.
            if let next = page.nextOffset, next < from {
                throw .unexpectedReply(expected: "the next page of sessions")
            }
            offset = page.nextOffset
        }
        return dropped
    }
}
