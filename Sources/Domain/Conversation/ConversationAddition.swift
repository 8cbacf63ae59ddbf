/// What was said under a key, to be added to its conversation: what `add_messages.lua` is told.
package struct ConversationAddition: Sendable {
    package var dispatchKey: DispatchKey
    package var messages: [ConversationMessage]
    package var policy: ConversationPolicy
    /// Told by a transcript. Then what was cleared, and what is another key's by the registry's word, is left out; what
    /// somebody adds by hand is taken as it is.
    package var isCaptured: Bool

    package init(
        _ messages: [ConversationMessage], to key: DispatchKey, _ policy: ConversationPolicy, isCaptured: Bool
    ) {
        dispatchKey = key
        self.messages = messages
        self.policy = policy
        self.isCaptured = isCaptured
    }

    private enum Name: String, CodingKey {
        case dispatchKey = "dispatch_key"
        case maxMessages = "max_messages"
        case maxInARow = "max_in_a_row"
        case timeoutMilliseconds = "timeout_ms"
        case isCaptured = "is_captured"
    }

    /// Without the messages, which go beside it. By hand: the capturer of every turn tells it.
    package var json: String {
        var object = JSONObject<Name>()
        object.add(.dispatchKey, dispatchKey.rawValue)
        object.add(.maxMessages, raw: String(policy.maxMessages))
        object.add(.maxInARow, raw: String(ConversationPolicy.maxInARow))
        object.add(.timeoutMilliseconds, raw: String(policy.timeoutMilliseconds))
        object.add(.isCaptured, raw: isCaptured ? "true" : "false")
        return object.text
    }
}
