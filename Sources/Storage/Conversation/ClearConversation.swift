package import Domain
package import Redis

/// Somebody ends a conversation by hand. Twin of `clear_conversation.lua`; answers whether there was one.
package struct ClearConversation: JSONScript {
    package struct Argument: Encodable, Sendable {
        let dispatch_key: String
        let kept_ms: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.clear_conversation_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension Conversations {
    /// Ends a conversation; nothing of it is carried over either, and what is read of it late does not come back.
    /// - Parameter kept: how long that holds, ms: as long as a session of the key may be told of.
    package func clearing(_ key: DispatchKey, for kept: Int64) -> ClearConversation {
        ClearConversation(
            keys: [keys.conversation(key)], argument: .init(dispatch_key: key.rawValue, kept_ms: kept))
    }
}
