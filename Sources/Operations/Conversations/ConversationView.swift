internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A message as JSON: one shape for show, context and export.
package struct MessageView: Encodable, Sendable {
    package let id: String
    /// user or assistant.
    package let role: String
    package let at: Timestamp
    /// nil for what was said in none.
    @OrNull package var session_id: String?
    package let text: String

    init(_ message: ConversationMessage) {
        id = message.id
        role = message.role.rawValue
        at = Timestamp(message.milliseconds)
        text = message.text
        session_id = message.session?.rawValue
    }
}

/// All that is at hand of what was said under a key.
package struct ConversationView: Encodable, Sendable {
    package let dispatch_key: String
    /// Of Redis' memory; nil where it does not tell.
    @OrNull package var bytes: Int64?
    @OrNull package var expires_at: Timestamp?
    /// The oldest first.
    package let messages: [MessageView]
}

/// What was said last under a key, to be put before a prompt.
package struct ContextView: Encodable, Sendable {
    package let dispatch_key: String
    /// Of the text, in UTF-16 units.
    package let characters: Int
    package let text: String
    /// Those of the text, the oldest first.
    package let messages: [MessageView]

    package static let allowedMessages = 1...1000
    package static let allowedCharacters = 100...1_000_000

    init(_ context: ConversationContext, of key: DispatchKey) {
        dispatch_key = key.rawValue
        text = context.text
        characters = context.text.utf16.count
        messages = context.messages.map(MessageView.init)
    }
}

/// A conversation that was ended.
package struct ClearedConversation: Encodable, Sendable {
    package let dispatch_key: String
    package let cleared = true

    private enum CodingKeys: CodingKey { case dispatch_key, cleared }
}

extension Workplace {
    /// - Throws: `Failure` where nothing is at hand.
    package func conversation(_ name: String) throws -> ConversationView {
        let key = try DispatchKey(name)
        var connection = try connect()
        let (summary, messages) = try connection.ask(
            conversationQueries.summary(of: key),
            conversationQueries.last(ContextView.allowedMessages.upperBound, of: key))
        guard let summary else { throw Self.noConversation(key) }
        let row = ConversationRow(summary, now: HostClock.wallMilliseconds)
        return ConversationView(
            dispatch_key: row.dispatch_key, bytes: row.bytes, expires_at: row.expires_at,
            messages: messages.map(MessageView.init))
    }

    /// What was said last under a key, whole messages within the limits; nothing where there is no conversation.
    /// - Parameter maxMessages, maxCharacters: nil for what the configuration says.
    /// - Throws: `Failure` for limits that are not allowed.
    package func context(
        _ name: String, maxMessages: Int? = nil, maxCharacters: Int? = nil
    ) throws -> ContextView {
        let key = try DispatchKey(name)
        let policy = settings.configuration.conversations
        let messages = maxMessages ?? Int(policy.maxContextMessages)
        let characters = maxCharacters ?? Int(policy.maxContextCharacters)
        try Self.check(messages, "the number of messages", ContextView.allowedMessages)
        try Self.check(characters, "the number of characters", ContextView.allowedCharacters)
        var connection = try connectStarting()
        let said = try connection.ask(conversationQueries.last(messages, of: key))
        return ContextView(
            ConversationContext(of: said, maxMessages: messages, maxCharacters: characters), of: key)
    }

    /// Ends the conversation of a key.
    /// - Throws: `Failure` where there is none.
    package func clearConversation(_ name: String) throws -> ClearedConversation {
        let key = try DispatchKey(name)
        var connection = try connect()
        // A binding of it lives no longer.
        let kept = settings.configuration.ages.milliseconds(for: key) + 86_400_000
        guard try connection.run(conversationQueries.clearing(key, for: kept)) else { throw Self.noConversation(key) }
        return ClearedConversation(dispatch_key: key.rawValue)
    }

    static func noConversation(_ key: DispatchKey) -> Failure {
        Failure(.no, "nothing is at hand of what was said under \(key)", remedy: "see 'holdfast conversation list'")
    }

    private static func check(_ number: Int, _ what: String, _ allowed: ClosedRange<Int>) throws(Failure) {
        guard allowed.contains(number) else {
            throw Failure(.usage, "\(what) is \(number); allowed: \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }
}
