package import Domain

/// Reads a memory out of what a model answered. The text is data: it is bounded, cleaned and redacted, and nothing in it
/// is ever followed.
package enum MemoryAnswer {
    private static let titleCharacters = 200
    private static let summaryCharacters = 4000
    private static let itemCharacters = 500
    private static let courseCharacters = 1000
    private static let mostItems = 50
    private static let mostLinks = 100
    /// Longer answers are read that far; the provider's own limit is higher.
    private static let mostBytes = 1 << 20

    /// - Parameter isOfSession: whether it tells the course of a session, too.
    package static func parse(
        _ text: String, isOfSession: Bool = false, redact: (String) -> String
    ) throws(MemoryAnswerError) -> Memory {
        let text = bounded(text)
        guard let found = AnswerJSON.object(in: text) else { throw error("no JSON object", text, redact) }
        let memory = withoutActuallyEscaping(redact) { redact in
            let reader = Reader(answer: found.value, redact: redact)
            var memory = reader.memory()
            if isOfSession { memory.course = reader.course() }
            return memory
        }
        guard !memory.title.isEmpty || !memory.summary.isEmpty else {
            throw error("neither a title nor a summary", text, redact)
        }
        // Cut off behind its summary it lacks details; before, it would pass for a memory and be none.
        if let whole = found.ofCut, whole["summary"]?.string?.isEmpty ?? true {
            throw error("no whole summary, for it is cut off", text, redact)
        }
        return memory
    }

    static func bounded(_ answer: String) -> String {
        answer.utf8.count > mostBytes ? String(decoding: answer.utf8.prefix(mostBytes), as: UTF8.self) : answer
    }

    static func error(_ missing: String, _ text: String, _ redact: (String) -> String) -> MemoryAnswerError {
        // Redacted before it is cut, or half a secret would pass.
        let start = redact(String(text.drop(while: \.isWhitespace).prefix(4000)))
        return MemoryAnswerError(missing: missing, start: PlainText.line(start, limit: 120))
    }

    private struct Reader {
        let answer: JSONValue
        let redact: (String) -> String

        func memory() -> Memory {
            let summary = PlainText.lines(redacted(answer["summary"]), limit: MemoryAnswer.summaryCharacters)
            var title = PlainText.line(redacted(answer["title"]), limit: MemoryAnswer.titleCharacters)
            if title.isEmpty, let first = summary.split(separator: "\n").first {
                title = PlainText.line(String(first), limit: MemoryAnswer.titleCharacters)
            }
            return Memory(
                title: title, summary: summary.isEmpty ? title : summary,
                decisions: list("decisions"), files: list("files"), commands: list("commands"),
                openQuestions: list("open_questions", "openQuestions", "questions"),
                entities: entities(), relations: relations())
        }

        func course() -> Memory.Course {
            func text(_ name: String) -> String {
                PlainText.lines(redacted(answer[name]), limit: MemoryAnswer.courseCharacters)
            }
            return Memory.Course(
                goal: text("goal"), outcome: text("outcome"), problems: list("problems", "errors"),
                nextSteps: list("next_steps", "nextSteps", "next"))
        }

        /// Texts; a single text stands for a list of one, an object for its name.
        private func list(_ names: String...) -> [String] {
            let value = names.lazy.compactMap { answer[$0] }.first
            var items: [String] = []
            for element in elements(value) where items.count < MemoryAnswer.mostItems {
                let text = item(text(of: element))
                if !text.isEmpty, !items.contains(text) { items.append(text) }
            }
            return items
        }

        private func entities() -> [Memory.Entity] {
            let found = elements(answer["entities"]).lazy.map { value in
                Memory.Entity(
                    name: item(text(of: value)), kind: item(value["kind"]?.string ?? value["type"]?.string ?? ""))
            }
            return Array(found.filter { !$0.name.isEmpty }.prefix(MemoryAnswer.mostLinks))
        }

        private func relations() -> [Memory.Relation] {
            let found = elements(answer["relations"]).lazy.map { value in
                Memory.Relation(
                    from: item(value["from"]?.string ?? value["source"]?.string ?? ""),
                    relation: item(value["relation"]?.string ?? value["type"]?.string ?? ""),
                    to: item(value["to"]?.string ?? value["target"]?.string ?? ""))
            }
            return Array(found.filter { !$0.from.isEmpty && !$0.to.isEmpty }.prefix(MemoryAnswer.mostLinks))
        }

        private func elements(_ value: JSONValue?) -> [JSONValue] {
            switch value {
            case .array(let values): Array(values.prefix(1000))
            case nil, .null: []
            case .some(let single): [single]
            }
        }

        private func text(of value: JSONValue) -> String {
            switch value {
            case .string(let text): text
            case .number, .bool: value.text
            case .object:
                ["name", "path", "command", "text", "description", "decision", "question"].lazy
                    .compactMap { value[$0]?.string }.first ?? ""
            case .array(let parts): parts.compactMap(\.string).joined(separator: " ")
            case .null: ""
            }
        }

        private func item(_ text: String) -> String {
            PlainText.line(redact(bounded(text)), limit: MemoryAnswer.itemCharacters)
        }

        private func redacted(_ value: JSONValue?) -> String {
            redact(bounded(value.map { text(of: $0) } ?? ""))
        }

        /// Enough for any limit, so that a long text costs no more to redact than it is worth.
        private func bounded(_ text: String) -> String {
            text.utf8.count > 64 << 10 ? String(decoding: text.utf8.prefix(64 << 10), as: UTF8.self) : text
        }
    }
}

/// An answer of a model that is no memory.
package struct MemoryAnswerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the answer lacks.
    package var missing: String
    /// How the answer begins: redacted, one line of at most 120 characters.
    package var start: String

    package var description: String {
        start.isEmpty ? "the model answered nothing" : "the model's answer has \(missing); it begins: \(start)"
    }

    /// The model's fault, and another answer may be better: worth another try, and no reason to leave the provider alone.
    package var failure: ModelFailure {
        ModelFailure(.unusableAnswer, message: FailureMessage.bounded(description), httpStatus: 200)
    }
}

extension FailureClass {
    /// The provider works, its answer does not.
    package static let unusableAnswer = FailureClass(category: .unknown, isRetryable: true, countsAgainstCircuit: false)
    package static let timeout = FailureClass(category: .timeout, isRetryable: true, countsAgainstCircuit: true)
    package static let aborted = FailureClass(category: .aborted, isRetryable: true, countsAgainstCircuit: false)
    package static let contentFilter = FailureClass(
        category: .contentFilter, isRetryable: false, countsAgainstCircuit: false)
}
