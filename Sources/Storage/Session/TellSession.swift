package import Domain
package import Redis

/// What a key has after news was told.
package struct Standing: Sendable, Equatable {
    package var bound: SessionID?
    package var candidate: SessionID?
    /// Whether the news was the latest of its session, not late or repeated.
    package var isFresh: Bool

    static func decode(_ reply: RedisReply) throws(RedisError) -> Standing {
        guard let fields = reply.array, fields.count == 3 else {
            throw .unexpectedReply(expected: "bound id, candidate id and a flag")
        }
        return Standing(
            bound: fields[0].text.flatMap(SessionID.init),
            candidate: fields[1].text.flatMap(SessionID.init),
            isFresh: fields[2].integer == 1
        )
    }
}

/// News of one session, as a script call.
package protocol SessionScript: NewsScript where News == SessionNews {
    var keySpace: Keys { get }
}

extension SessionScript {
    package var newsText: String { news.json }

    package var keys: [String] {
        [keySpace.session(news.sessionID)] + (news.dispatchKey.map { [keySpace.binding($0)] } ?? [])
    }
}

/// Twin of `start_session.lua`.
package struct StartSession: SessionScript {
    package static let source = ScriptText.ofSession(PackageResources.start_session_lua)
    package let keySpace: Keys
    package let news: SessionNews
    package let ageMilliseconds: Int64
    package let nowMilliseconds: Int64?
    package static func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing.decode(reply) }
}

/// Twin of `use_session.lua`.
package struct UseSession: SessionScript {
    package static let source = ScriptText.ofSession(PackageResources.use_session_lua)
    package let keySpace: Keys
    package let news: SessionNews
    package let ageMilliseconds: Int64
    package let nowMilliseconds: Int64?
    package static func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing.decode(reply) }
}

/// Twin of `end_session.lua`.
package struct EndSession: SessionScript {
    package static let source = ScriptText.ofSession(PackageResources.end_session_lua)
    package let keySpace: Keys
    package let news: SessionNews
    package let ageMilliseconds: Int64
    package let nowMilliseconds: Int64?
    package static func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing.decode(reply) }
}

/// Twin of `clear_session.lua`.
package struct ClearSession: SessionScript {
    package static let source = ScriptText.ofSession(PackageResources.clear_session_lua)
    package let keySpace: Keys
    package let news: SessionNews
    package let ageMilliseconds: Int64
    package let nowMilliseconds: Int64?
    package static func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing.decode(reply) }
}

/// Twin of `settle_candidate.lua`; `news.transcript` says what the look at the disk found.
package struct SettleCandidate: SessionScript {
    package static let source = ScriptText.ofSession(PackageResources.settle_candidate_lua)
    package let keySpace: Keys
    package let news: SessionNews
    package let ageMilliseconds: Int64
    package let nowMilliseconds: Int64?
    package static func decode(_ reply: RedisReply) throws(RedisError) -> Standing { try Standing.decode(reply) }
}
