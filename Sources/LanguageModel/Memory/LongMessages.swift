package import Domain

/// Long messages of an episode that a model sums up in one call.
package struct LongMessages: Sendable, Equatable {
    package struct Message: Sendable, Equatable {
        /// Of its text, as the digest's mark has it.
        package var sum: String
        package var role: EpisodeEntry.Role
        /// Redacted, and bounded by the caller.
        package var text: String

        package init(sum: String, role: EpisodeEntry.Role, text: String) {
            self.sum = sum
            self.role = role
            self.text = text
        }
    }

    package var key: String
    package var session: String
    package var project: String
    package var messages: [Message]
    /// Random for every call, so that nothing between the marks can close them.
    package var boundary: String

    package init(key: String, session: String, project: String, messages: [Message], boundary: String) {
        self.key = key
        self.session = session
        self.project = project
        self.messages = messages
        self.boundary = boundary
    }

    private static let summaryCharacters = 600
    static let limits = ["max_message": "\(summaryCharacters)"]

    /// Every variable a template may name.
    package static let variables = ["key", "session", "project", "messages", "boundary"] + limits.keys.sorted()

    package var values: [String: String] {
        var values = Self.limits
        values["key"] = PlainText.line(key, limit: 512)
        values["session"] = PlainText.line(session, limit: 128)
        values["project"] = PlainText.line(project, limit: 512)
        values["boundary"] = boundary
        values["messages"] = messages.enumerated().map { index, message in
            "\(boundary) \(index + 1) (\(message.role.rawValue))\n" + MemoryPrompt.unfenced(message.text, boundary)
        }.joined(separator: "\n")
        return values
    }

    /// Reads the summaries out of what a model answered; as data, like a memory's.
    /// - Returns: by the sums of the messages. One that the model left out is not among them.
    /// - Throws: where there is none.
    package func summaries(
        in answer: String, redact: (String) -> String
    ) throws(MemoryAnswerError) -> [String: String] {
        let answer = MemoryAnswer.bounded(answer)
        guard let found = AnswerJSON.object(in: answer) else {
            throw MemoryAnswer.error("no JSON object", answer, redact)
        }
        // Where the answer is cut off, the last is half a summary and would pass for a whole one.
        let value = found.ofCut ?? found.value
        var summaries: [String: String] = [:]
        if case .array(let items)? = value["summaries"] {
            for item in items.prefix(messages.count * 2) {
                guard let number = item["number"]?.wholeNumber, (1...Int64(max(1, messages.count))).contains(number),
                    let text = item["summary"]?.string
                else { continue }
                let summary = PlainText.lines(redact(text), limit: Self.summaryCharacters)
                if !summary.isEmpty { summaries[messages[Int(number) - 1].sum] = summary }
            }
        }
        guard !summaries.isEmpty else { throw MemoryAnswer.error("no summary", answer, redact) }
        return summaries
    }
}
