package import Domain
package import Redis

/// Adds what was said under a key to its conversation. Twin of `add_messages.lua`; answers how many stand there now that
/// did not: one that is there already, or is older than what is kept, is not added.
package struct AddMessages: RedisScript {
    package let keys: [RedisKey]
    let addition: ConversationAddition

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.add_messages_lua)

    package func arguments(now: Int64?) -> [String] {
        [now.map { String($0) } ?? "", "0", addition.json] + addition.messages.map(\.json)
    }

    package func decode(_ reply: RedisReply) throws(RedisError) -> Int64 {
        guard let added = reply.integer else { throw .unexpectedReply(expected: "how many messages were added") }
        return added
    }
}

extension Conversations {
    package func adding(_ addition: ConversationAddition) -> AddMessages {
        AddMessages(keys: [keys.conversation(addition.dispatchKey)], addition: addition)
    }
}
