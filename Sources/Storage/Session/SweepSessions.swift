package import Domain
package import Redis

/// Twin of `sweep_sessions.lua`: one page of a sweep.
package struct SweepSessions: NewsScript {
    package struct News: Encodable, Sendable {
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

    package static let source = ScriptText.plain(PackageResources.sweep_sessions_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Page {
        guard let parts = reply.array, let next = parts.first?.integer else {
            throw .unexpectedReply(expected: "an offset and ids")
        }
        return Page(
            dropped: parts.dropFirst().compactMap { $0.text.flatMap(SessionID.init) },
            nextOffset: next < 0 ? nil : next
        )
    }
}
