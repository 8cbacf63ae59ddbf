package import Domain
package import Redis

/// A session that its key keeps cannot be resumed. Twin of `let_carry.lua`; answers whether there is a conversation that
/// the next fresh session is shown.
package struct LetCarry: JSONScript {
    package struct Argument: Encodable, Sendable {
        let dispatch_key: String
        let session_id: String
        let reason: String
        let host: String
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.let_carry_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension Conversations {
    package func lettingCarry(
        _ key: DispatchKey, from session: SessionID, _ reason: CarryReason, host: String
    ) -> LetCarry {
        LetCarry(
            keys: [keys.carry(key)],
            argument: .init(
                dispatch_key: key.rawValue, session_id: session.rawValue, reason: reason.rawValue, host: host))
    }
}
