/// What is made of an episode without a model: what was asked, what came of it, what was touched, what went wrong.
package struct Digest: Sendable, Equatable {
    /// Bytes of one item, of UTF-8.
    package static let itemLimit = 2000
    /// Items of one kind.
    package static let countLimit = 100
    /// Bytes of the whole text.
    package static let textLimit = 64 << 10
    /// Characters of the title.
    package static let titleLimit = 120

    /// Tools that change a file: the target of such a call is a file touched.
    package static let changingTools: Set = ["Write", "Edit", "MultiEdit", "NotebookEdit"]

    package var prompts: [String] = []
    /// The last word of the agent before the next prompt.
    package var answers: [String] = []
    package var files: [String] = []
    /// What was called, and its error.
    package var failures: [String] = []

    package init(of entries: some Collection<EpisodeEntry>) {
        // What a sub-agent says amid its parent's words is part of the work; its own file tells it as a conversation.
        let isSubagents = !entries.isEmpty && entries.allSatisfy { !$0.subagent.isEmpty }
        var answer: String?
        var known: Set<String> = []
        var failing = ""
        for entry in entries {
            let speaks = isSubagents || entry.subagent.isEmpty
            switch entry.role {
            case .user where speaks, .peer where speaks, .scheduled where speaks:
                Self.add(answer, to: &answers)
                answer = nil
                Self.add(entry.text, to: &prompts)
            case .assistant where speaks:
                answer = entry.text
            case .call:
                guard let file = Self.changedFile(entry.text), known.insert(file).inserted
                else { break }
                Self.add(file, to: &files)
            case .failure:
                // A failed call comes in two: what was called, then its error.
                if !entry.uuid.isEmpty, entry.uuid == failing, let last = failures.popLast() {
                    Self.add(last + "\n" + entry.text, to: &failures)
                } else {
                    Self.add(entry.text, to: &failures)
                }
                failing = failures.count < Self.countLimit ? entry.uuid : ""
            case .user, .peer, .scheduled, .assistant, .thinking, .result, .notice: break
            }
        }
        Self.add(answer, to: &answers)
    }

    /// The first line of the first prompt, or of the first answer: at most 120 characters.
    package var title: String {
        for text in prompts + answers {
            // The first line that says something; by scalars, since by characters the whole text would be looked at.
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                let end = rest.firstIndex { Character($0).isNewline } ?? rest.endIndex
                let words = Substring(rest[..<end]).drop { $0.isWhitespace }
                rest = rest[end...].dropFirst()
                guard !words.isEmpty else { continue }
                let short = words.prefix(Self.titleLimit)
                return short.endIndex == words.endIndex ? String(words) : short.dropLast() + "…"
            }
        }
        return ""
    }

    /// For people and for the index. Signs rather than words tell the kinds apart, or every episode would be found by
    /// the name of a kind: `?` asked, `=` answered, `+` a file touched, `!` failed.
    package var text: String {
        // Nobody's share takes from another's: a hundred long prompts do not hide the answers.
        let parts = [
            Self.section("?", prompts, limit: 24 << 10), Self.section("=", answers, limit: 24 << 10),
            Self.section("+", files, limit: 8 << 10), Self.section("!", failures, limit: 8 << 10),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// What the signs mean that begin lines of a digest's text, for who reads it; empty where there are none.
    package static func legend(of text: String) -> String {
        let found = Set(text.split(separator: "\n").compactMap(sign))
        let words = signs.filter { found.contains($0.sign) }.map { "\($0.sign) \($0.word)" }
        return words.joined(separator: ", ")
    }

    /// The words alone, for a piece of a digest's text that stands without its legend.
    package static func withoutSigns(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { sign($0) == nil ? $0 : $0.dropFirst(2) }.joined(separator: "\n")
    }

    private static let signs: [(sign: Character, word: String)] = [
        ("?", "asked"), ("=", "answered"), ("+", "file changed"), ("!", "failed"),
    ]

    private static func sign(_ line: Substring) -> Character? {
        guard line.dropFirst().first == " ", let first = line.first else { return nil }
        return signs.contains { $0.sign == first } ? first : nil
    }

    private static func section(_ sign: String, _ items: [String], limit: Int) -> String {
        var text = ""
        for (index, item) in items.enumerated() {
            let line = (text.isEmpty ? "" : "\n") + sign + " " + item
            // Space for the note below.
            guard text.utf8.count + line.utf8.count <= limit - 16 else {
                return text + "\n\(sign) … \(items.count - index)"
            }
            text += line
        }
        return text
    }

    private static func add(_ text: String?, to items: inout [String]) {
        guard let text, !text.isEmpty, items.count < countLimit else { return }
        items.append(cut(DigestMark.withoutMark(text), to: itemLimit))
    }

    /// The beginning of a text, whole characters, with an ellipsis where something is left out.
    /// - Parameter limit: bytes, the ellipsis included.
    package static func cut(_ text: String, to limit: Int) -> String {
        let bytes = text.utf8
        guard bytes.count > limit else { return text }
        var end = bytes.index(bytes.startIndex, offsetBy: limit - 3)
        while end > bytes.startIndex, end.samePosition(in: text) == nil { end = bytes.index(before: end) }
        return text[..<end] + "…"
    }

    private static func changedFile(_ call: String) -> String? {
        // What is told of a call behind its first line is none of its file.
        let call = call.prefix { !$0.isNewline }
        let parts = call.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, changingTools.contains(String(parts[0])) else { return nil }
        // Before it is compared: a hostile one has megabytes.
        return cut(String(parts[1]), to: itemLimit)
    }
}
