package import Domain
internal import Glibc
package import Platform
package import Redaction

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
        case .call: work.call(DigestMark.withoutMark(entry.text))
        case .failure: work.failure(DigestMark.readable(entry.text), uuid: entry.uuid)
        case .user, .peer, .scheduled, .assistant, .thinking, .result, .notice:
            endWork()
            let name = Self.name(of: entry), text = DigestMark.readable(entry.text)
            // A reply comes as several lines; its speaker is named once.
            lines.append(name == speaker ? text : "\(name): \(text)")
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
            case .peer: "Other session"
            case .scheduled: "Schedule"
            case .assistant: "Agent"
            case .thinking: "Thought"
            case .result: "Result"
            case .call, .failure, .notice: "Note"
            }
        return entry.subagent.isEmpty ? role : "\(role) [\(entry.subagent)]"
    }

    private mutating func endWork() {
        let done = work.lines(&named)
        guard !done.isEmpty else { return }
        work = Work()
        speaker = ""
        lines += done
    }
}

/// What an agent did between two messages.
struct Work {
    private var tools: [(name: String, targets: [String])] = []
    private var failures: [(uuid: String, parts: [String])] = []
    /// Calls of which more is told.
    private var details: [String] = []

    /// So many bytes of what the calls of one tool acted on are named; what was changed is named whole.
    private static let foldLimit = 100

    /// - Parameter text: name and target; behind a line break a summary of all that it was called with.
    mutating func call(_ text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count > 1 { details.append(text) }
        let (name, target) = Self.parts(of: parts.first.map(String.init) ?? "")
        guard let index = tools.firstIndex(where: { $0.name == name }) else {
            return tools.append((name, [target]))
        }
        tools[index].targets.append(target)
    }

    /// - Parameter text: what was called, and after it, under the same uuid, the error.
    mutating func failure(_ text: String, uuid: String) {
        if let last = failures.indices.last, failures[last].uuid == uuid, !uuid.isEmpty {
            failures[last].parts.append(text)
        } else {
            forget(text)
            failures.append((uuid, [text]))
        }
    }

    /// A call that failed is told with its failure.
    private mutating func forget(_ failed: String) {
        let (name, target) = Self.parts(of: failed)
        guard let tool = tools.firstIndex(where: { $0.name == name }), !ToolCall.changing.contains(name) else { return }
        let call = tools[tool].targets.firstIndex { called in
            !called.isEmpty && target.hasPrefix(called.hasSuffix("…") ? String(called.dropLast()) : called)
        }
        if let call { tools[tool].targets.remove(at: call) }
        if tools[tool].targets.isEmpty { tools.remove(at: tool) }
    }

    private static func parts(of text: String) -> (name: String, target: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        return (parts.first.map(String.init) ?? "tool", parts.count > 1 ? String(parts[1]) : "")
    }

    /// - Parameter known: files named before.
    func lines(_ known: inout Set<String>) -> [String] {
        tools.map { Self.line($0.name, $0.targets, &known) } + details
            + failures.map { "Failed: " + $0.parts.joined(separator: "\n") }
    }

    private static func line(_ name: String, _ targets: [String], _ known: inout Set<String>) -> String {
        let changes = ToolCall.changing.contains(name)
        var shown: [String] = []
        var length = 0
        var left = 0
        var seen: Set<String> = []
        for target in targets where !target.isEmpty && seen.insert(target).inserted {
            guard changes || length == 0 || length + target.utf8.count <= foldLimit else {
                left += 1
                continue
            }
            let text = known.insert(target).inserted ? target : lastPart(of: target)
            shown.append(text)
            length += text.utf8.count + 2
        }
        if left > 0 { shown.append("… \(left) more") }
        let count = targets.count > 1 ? " ×\(targets.count)" : ""
        return name + count + (shown.isEmpty ? "" : ": " + shown.joined(separator: ", "))
    }

    /// The file's name of a path; anything else stays.
    private static func lastPart(of target: String) -> String {
        guard target.hasPrefix("/") || target.dropFirst().hasPrefix(":/"), !target.contains(" "),
            let slash = target.lastIndex(of: "/")
        else { return target }
        return String(target[target.index(after: slash)...])
    }
}

/// What of a file would be kept, and how much smaller it is.
package struct FilterReport: Sendable {
    package var text: String
    package var statistics: TranscriptStatistics
    /// Why nothing of the file would be captured, where that is so.
    package var exclusion: String?

    package init(
        of path: String, policy: FilterPolicy, redactor: Redactor, sources: TranscriptSources = .standard
    ) throws(FileError) {
        var rules = ReadingRules(policy: policy, redactor: redactor)
        rules.countsSeen = true
        let transcript: any Transcript
        do throws(TranscriptRefusal) {
            transcript = try sources.source(of: path).open(path, in: nil)
        } catch {
            switch error {
            case .missing: throw FileError(path: path, number: ENOENT)
            case .unreadable(let error): throw error
            case .untrusted: throw FileError(path: path, number: EISDIR)
            }
        }
        var reader = try transcript.reader(from: Cursor(), rules)
        var text = ConversationText()
        while let line = reader.next() {
            for entry in line.entries { text.add(entry) }
        }
        if let failure = reader.failure { throw failure }
        exclusion = reader.ownWork?.reason
        self.text = exclusion == nil ? text.finish() : ""
        statistics = reader.statistics
    }
}
