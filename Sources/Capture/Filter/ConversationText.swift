package import Domain
internal import Storage

/// Entries as a person or a model reads them: one paragraph a speaker; between two of them what was done, like calls
/// folded into one line (`Read ×12: …`).
package struct ConversationText {
    private var lines: [String] = []
    private var speaker = ""
    private var work = Work()
    /// Files that were named whole: the second time their name is enough.
    private var named: Set<String> = []

    package init() {}

    package static func render(_ entries: some Sequence<EpisodeEntry>) -> String {
        var text = ConversationText()
        for entry in entries { text.add(entry) }
        return text.finish()
    }

    package mutating func add(_ entry: EpisodeEntry) {
        switch entry.role {
        case .call: work.call(entry.text)
        case .failure: work.failure(entry.text, uuid: entry.uuid)
        case .user, .agent, .thinking, .result, .notice:
            endWork()
            let name = Self.name(of: entry)
            // A reply comes as several lines; its speaker is named once.
            lines.append(name == speaker ? entry.text : "\(name): \(entry.text)")
            speaker = name
        }
    }

    package mutating func finish() -> String {
        endWork()
        return lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")
    }

    private static func name(of entry: EpisodeEntry) -> String {
        let role =
            switch entry.role {
            case .user: "User"
            case .agent: "Agent"
            case .thinking: "Thought"
            case .result: "Result"
            case .call, .failure, .notice: "Note"
            }
        return entry.agent.isEmpty ? role : "\(role) [\(entry.agent)]"
    }

    private mutating func endWork() {
        let done = work.lines(&named)
        guard !done.isEmpty else { return }
        work = Work()
        speaker = ""
        lines += done
    }
}
