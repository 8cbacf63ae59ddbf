/// What a person or the agent said under a dispatch key, as the key's conversation keeps it.
package struct ConversationMessage: Sendable, Equatable {
    package enum Role: String, Sendable, CaseIterable, Codable { case user, assistant }

    /// By which it is known: told twice, it stands there once. Of a captured one the transcript's own.
    package var id: String
    package var role: Role
    /// When it was said, ms since 1970.
    package var milliseconds: Int64
    /// Nil for what was said in none: by a bot that keeps no session.
    package var session: SessionID?
    /// Without secrets.
    package var text: String

    /// UTF-16 units of one message's text.
    package static let textLimit = 2000

    /// - Parameter text: redacted; what is too long loses its middle.
    package init(id: String, role: Role, milliseconds: Int64, session: SessionID? = nil, text: String) {
        self.id = id
        self.role = role
        self.milliseconds = milliseconds
        self.session = session
        self.text = text.withoutMiddle(beyond: Self.textLimit)
    }

    enum CodingKeys: String, CodingKey { case id, role, at, session, text }

    /// As it stands in the conversation's list, for people with `redis-cli` too.
    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.id, id)
        object.add(.role, role.rawValue)
        object.add(.at, ISOTime.text(milliseconds))
        if let session { object.add(.session, session.rawValue) }
        object.add(.text, text)
        return object.text
    }

    /// - Returns: nil for what is no message: a hand may have left it there.
    package init?(json: String) {
        var parser = JSONParser(Array(json.utf8), nesting: 64)
        var id, role, at, session, text: String?
        do throws(JSONParser.Fault) {
            try parser.object { (name, parser) throws(JSONParser.Fault) in
                guard let field = CodingKeys(rawValue: name), parser.peek() == UInt8(ascii: "\"") else {
                    return _ = try parser.value()
                }
                let value = try parser.string()
                switch field {
                case .id: id = value
                case .role: role = value
                case .at: at = value
                case .session: session = value
                case .text: text = value
                }
            }
            try parser.end()
        } catch {
            return nil
        }
        guard let id, !id.isEmpty, let role = role.flatMap(Role.init), let text,
            let milliseconds = at.flatMap(ISOTime.milliseconds)
        else { return nil }
        self.init(
            id: id, role: role, milliseconds: milliseconds, session: session.flatMap(SessionID.init(rawValue:)),
            text: text)
    }
}

/// How much of a key's conversation is kept, and how much of it is shown to a model.
package struct ConversationPolicy: Sendable, Equatable {
    package var maxMessages: Int64 = 30
    package var maxContextMessages: Int64 = 20
    /// As the client counts them: UTF-16 units.
    package var maxContextCharacters: Int64 = 4000
    /// After the last message.
    package var timeoutHours: Int64 = 24

    package init() {}

    /// So many messages are kept of an agent that speaks on without being asked: the last before a prompt is its answer.
    package static let maxInARow: Int64 = 3

    package var timeoutMilliseconds: Int64 { timeoutHours * 3_600_000 }
}
