package import Domain
package import Redis

/// A session is forgotten. Twin of `forget_session.lua`; answers whether there was something to forget.
package struct ForgetSession: JSONScript {
    package struct Argument: Encodable, Sendable {
        let sessionID: SessionID
        let dispatchKeys: [DispatchKey]
        let host: String
        let maxSessionAgeMilliseconds: Int64
        let moment: Moment

        enum CodingKeys: String, CodingKey {
            case host, moment
            case sessionID = "session_id"
            case dispatchKeys = "dispatch_keys"
            case maxSessionAgeMilliseconds = "max_session_age_ms"
        }
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.forget_session_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension SessionRegistry {
    /// - Parameter dispatchKeys: that may have the session, beside the one that its record names.
    package func forgetting(
        _ id: SessionID, of dispatchKeys: [DispatchKey], host: String, maxAgeMilliseconds: Int64, at now: Moment
    ) -> ForgetSession {
        ForgetSession(
            keys: [keys.session(id)],
            argument: .init(
                sessionID: id, dispatchKeys: dispatchKeys, host: host, maxSessionAgeMilliseconds: maxAgeMilliseconds,
                moment: now))
    }
}
