internal import Domain

/// A transcript that is made of what was said alone, where nothing more of a session is kept: its client resumes with it,
/// without the calls of tools and what they brought.
package struct SpokenTranscript: Sendable {
    package enum Role: Sendable, Equatable {
        case user
        case assistant
    }

    package struct Message: Sendable, Equatable {
        package var role: Role
        /// ISO 8601.
        package var at: String
        package var text: String
        /// Of the assistant; empty where it is not known.
        package var model: String
        /// As the transcript had it; empty where it is not known.
        package var uuid: String

        package init(role: Role, at: String, text: String, model: String = "", uuid: String = "") {
            self.role = role
            self.at = at
            self.text = text
            self.model = model
            self.uuid = uuid
        }
    }

    /// Each as it stands in the transcript, without its line break; none where nothing was said.
    package let lines: [String]

    /// - Parameter messages: oldest first. What is blank is left out; what one said in a row becomes one message.
    package init(_ messages: [Message], in frame: EntryFrame) {
        var turns: [Message] = []
        for message in messages where message.text.contains(where: { !$0.isWhitespace }) {
            if turns.last?.role == message.role {
                turns[turns.count - 1].text += "\n\n" + message.text
                if !message.model.isEmpty { turns[turns.count - 1].model = message.model }
            } else {
                turns.append(message)
            }
        }
        var entries: [MadeEntry] = []
        if let first = turns.first, first.role == .assistant {
            entries.append(
                MadeEntry(
                    .user(MadeEntry.beginning, isMeta: true), frame.session, timestamp: first.at, uuidOf: ["beginning"])
            )
        }
        var used: Set<String> = []
        for (index, turn) in turns.enumerated() {
            let body: MadeEntry.Body =
                switch turn.role {
                case .user: .user(turn.text, isMeta: false)
                case .assistant: .assistant(turn.text, model: turn.model.isEmpty ? Self.unknownModel : turn.model)
                }
            var entry = MadeEntry(
                body, frame.session, timestamp: turn.at,
                uuidOf: ["spoken", "\(index)", "\(turn.role)", turn.at, turn.text])
            // Under its own name a message is known, and stands in no conversation twice.
            if SessionID(rawValue: turn.uuid)?.isUUID == true, used.insert(turn.uuid).inserted {
                entry.uuid = turn.uuid
            }
            entries.append(entry)
        }
        if let first = entries.first, let date = MadeEntry.date(frame.session, timestamp: first.timestamp) {
            entries.insert(date, at: 1)
        }
        var lines: [String] = []
        var parent: String?
        for entry in entries {
            lines.append(entry.line(parent: parent, frame))
            parent = entry.uuid
        }
        self.lines = lines
    }

    /// As the client calls what no model said.
    private static let unknownModel = "<synthetic>"
}
