package import Domain
package import Redis

/// Twin of `look_up.lua`.
package struct LookUp: NewsScript {
    package struct News: Encodable, Sendable {
        let dispatchKey: DispatchKey
        let maxSessionAgeMilliseconds: Int64
        let peek: Bool
        let host: String
        let moment: Moment

        enum CodingKeys: String, CodingKey {
            case peek, host, moment
            case dispatchKey = "dispatch_key"
            case maxSessionAgeMilliseconds = "max_session_age_ms"
        }
    }

    /// What Redis knows of a key, before anybody looked at the disk.
    package struct Answer: Sendable {
        /// The session that was bound until now, too long unused.
        package var expired: SessionID?
        package var binding: [String: String]
        package var session: [String: String]
        package var candidate: [String: String]
        /// The dispatch that runs now, on whatever host.
        package var lockOwner: String?
        package var nowMilliseconds: Int64
    }

    package static let source = ScriptText.plain(PackageResources.look_up_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Answer {
        guard let parts = reply.array, parts.count == 6, let now = parts[5].integer else {
            throw .unexpectedReply(expected: "six parts of a lookup")
        }
        let owner = parts[4].text ?? ""
        return Answer(
            expired: parts[0].text.flatMap(SessionID.init),
            binding: parts[1].fields,
            session: parts[2].fields,
            candidate: parts[3].fields,
            lockOwner: owner.isEmpty ? nil : owner,
            nowMilliseconds: now
        )
    }
}
