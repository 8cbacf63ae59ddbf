package import Domain
package import Redis

/// A session cannot be resumed. Twin of `let_carry.lua`; answers whether there is something that the next fresh session is
/// shown.
package struct LetCarry: JSONScript {
    package struct Argument: Encodable, Sendable {
        let dispatch_key: String
        let session_id: String
        let reason: String
        let host: String
        let timeout_ms: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument
    private let messages: [ConversationMessage]

    init(key: RedisKey, argument: Argument, messages: [ConversationMessage]) {
        keys = [key]
        self.argument = argument
        self.messages = messages
    }

    package var contents: [String] { messages.map(\.json) }
    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.let_carry_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension Conversations {
    /// - Parameter messages: what was said last, the oldest first, where the conversation is no longer at hand.
    package func lettingCarry(
        _ key: DispatchKey, from session: SessionID, _ reason: CarryReason, host: String,
        showing messages: [ConversationMessage] = [], _ policy: ConversationPolicy = ConversationPolicy()
    ) -> LetCarry {
        LetCarry(
            key: keys.carry(key),
            argument: .init(
                dispatch_key: key.rawValue, session_id: session.rawValue, reason: reason.rawValue, host: host,
                timeout_ms: policy.timeoutMilliseconds),
            messages: messages)
    }
}

/// What a fresh start of a key would carry over.
package struct Carriable: Sendable {
    /// Why it may; nil where it may not.
    package var carry: CarryRecord?
    /// The last that is at hand of what was said, the oldest first.
    package var messages: [ConversationMessage]
    /// When somebody ended the conversation by hand, ms since 1970; nil where nobody did.
    package var clearedMilliseconds: Int64?
}

package struct ReadCarriable: RedisQuery {
    let carry: ReadRecord<CarryRecord>
    /// What is shown before the conversation, and the conversation.
    let lists: [LRANGE]
    let cleared: GET
    let count: Int

    package var requests: [RedisRequest] { carry.requests + lists.map(\.request) + [cleared.request] }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Carriable {
        let carry = try carry.decode(&replies)
        var messages: [ConversationMessage] = []
        for list in lists { messages += try list.decodeOr([], &replies).compactMap(ConversationMessage.init(json:)) }
        let cleared = try cleared.decode(&replies).flatMap { Int64($0) }
        return Carriable(carry: carry, messages: messages.suffix(count), clearedMilliseconds: cleared)
    }
}

extension Conversations {
    /// - Parameter count: of messages at most, 1 or more.
    package func carriable(_ count: Int, of key: DispatchKey) -> ReadCarriable {
        ReadCarriable(
            carry: ReadRecord(keys.carry(key)),
            lists: [keys.carryMessages(key), keys.conversation(key)].map { LRANGE($0, -count ... -1) },
            cleared: GET(keys.conversationCleared(key)), count: count)
    }
}
