package import Domain
package import Redis

/// Asks what a dispatch key has, before anybody looked at the disk. Twin of `look_up.lua`.
package struct LookUp: JSONScript {
    package struct Argument: Encodable, Sendable {
        let dispatchKey: DispatchKey
        let maxSessionAgeMilliseconds: Int64
        let peek: Bool
        let host: String
        let moment: Moment
        let credential: String?

        enum CodingKeys: String, CodingKey {
            case peek, host, moment, credential
            case dispatchKey = "dispatch_key"
            case maxSessionAgeMilliseconds = "max_session_age_ms"
        }
    }

    /// What Redis knows of a key.
    package struct Answer: Sendable {
        /// The session that was bound until now, too long unused.
        package var expired: SessionID?
        package var binding: BindingRecord
        /// Of the bound session.
        package var session: SessionRecord
        package var candidate: SessionRecord
        /// The dispatch that runs now, on whatever host.
        package var lockOwner: String?
        /// Until when the account may not ask, ms since 1970; nil where it may.
        package var limitedUntilMilliseconds: Int64?
        /// The server's clock, ms since 1970.
        package var nowMilliseconds: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.look_up_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Answer {
        guard let parts = reply.array, parts.count == 7, let now = parts[5].integer else {
            throw .unexpectedReply(expected: "seven parts of a lookup")
        }
        let owner = parts[4].text ?? ""
        return Answer(
            expired: parts[0].text.flatMap(SessionID.init),
            binding: BindingRecord(fields: parts[1].fields),
            session: SessionRecord(fields: parts[2].fields),
            candidate: SessionRecord(fields: parts[3].fields),
            lockOwner: owner.isEmpty ? nil : owner,
            limitedUntilMilliseconds: parts[6].text.flatMap { Int64($0) },
            nowMilliseconds: now
        )
    }
}
