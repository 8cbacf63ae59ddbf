internal import Domain
internal import Platform
internal import Redaction
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What became of a message that was offered for a conversation.
package struct AddedMessage: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable, CaseIterable {
        case added
        /// It stands there already.
        case known
        /// It was said before all that is kept.
        case too_old
        /// It is of a session, or holds a text, that is forgotten.
        case forgotten
    }

    package let dispatch_key: String
    package let outcome: Outcome
    package let id: String
    package let role: String
    package let at: Timestamp
    @OrNull package var session_id: String?
    /// Of the text as it is kept, in UTF-16 units.
    package let characters: Int

    init(_ message: ConversationMessage, to key: DispatchKey, _ outcome: Outcome) {
        dispatch_key = key.rawValue
        self.outcome = outcome
        id = message.id
        role = message.role.rawValue
        at = Timestamp(message.milliseconds)
        characters = message.text.utf16.count
        session_id = message.session?.rawValue
    }

    /// Whether it stands there now.
    package var isKept: Bool { outcome == .added || outcome == .known }

    /// For people.
    package var sentence: String {
        switch outcome {
        case .added: "added to \(dispatch_key): \(role), \(characters) characters"
        case .known: "\(dispatch_key) has it already (\(id))"
        case .too_old:
            "\(at.text) is longer ago than conversations.timeout_hours, or before all that is kept of \(dispatch_key); nothing was added"
        case .forgotten:
            "it is forgotten here ('holdfast forget'), or holds what is; nothing was added to \(dispatch_key)"
        }
    }
}

extension Workplace {
    var conversationQueries: Conversations { Conversations(keys: settings.keys) }

    /// Adds a message to the conversation of a key, without its secrets. Told twice, it stands there once.
    /// - Throws: `Failure`, `DispatchKey.Invalid`, `RedisError`.
    package func add(_ offered: OfferedMessage, toConversation name: String) throws -> AddedMessage {
        let key = try DispatchKey(name)
        let message = try offered.message(
            cleaned: settings.configuration.redactor.cleaned, now: HostClock.wallMilliseconds)
        let policy = settings.configuration.conversations
        let addition = ConversationAddition([message], to: key, policy, isCaptured: false)
        var connection = try connectStarting()
        let outcome: AddedMessage.Outcome? = try admitting { offers in
            let isForgotten = try offers.cover(
                message, of: key, isNamed: offered.id != nil, saidAt: offered.milliseconds)
            if isForgotten { return .forgotten }
            return try connection.run(conversationQueries.adding(addition)) > 0 ? .added : nil
        }
        if let outcome { return AddedMessage(message, to: key, outcome) }
        let standing = try connection.ask(conversationQueries.last(Int(policy.maxMessages), of: key))
        return AddedMessage(message, to: key, standing.contains { $0.id == message.id } ? .known : .too_old)
    }
}
