package import Domain
internal import Redaction

/// Makes entries of messages, whichever client wrote them, and keeps account of all others: leaves out what was said while
/// recording was off, knows a memory tool's own call, redacts, shortens.
package struct Interpretation {
    private let redactor: Redactor
    private var exclusions: Exclusions
    private let awaited: AwaitedAnswer?
    private let isWhole: Bool
    private let sought: Set<String>
    private var isPastFirstPrompt = false

    /// Entries not yet handed over: a line may hold several messages.
    package var queue: [TranscriptEntry] = []
    package private(set) var ownWork: OwnWork?
    /// Whether the awaited answer was met.
    package private(set) var isHeard = false
    package private(set) var statistics = TranscriptStatistics()
    /// Calls of tools that ended, by where they stand.
    package private(set) var calls: [(call: EndedCall, position: Int64)] = []
    /// The texts that were sought, redacted, by the sums of their marks.
    package private(set) var found: [String: String] = [:]

    /// - Parameter isWhole: whether the transcript is read from its beginning.
    package init(_ rules: ReadingRules, isWhole: Bool) {
        redactor = rules.redactor
        exclusions = rules.exclusions
        awaited = rules.awaited
        sought = rules.sought
        self.isWhole = isWhole
    }

    /// Takes a message in, whether or not something of it is kept.
    package mutating func take(_ message: Message) {
        let count = Int64(message.positions.count)
        guard let pieces = message.pieces else {
            let type = message.type.isEmpty ? "none" : message.type
            statistics.skipped[type, default: 0] += 1
            return pass(over: count, "type " + type)
        }
        if let reason = exclusions.reason(for: message) { return pass(over: count, reason) }
        for call in message.calls { calls.append((call, message.positions.lowerBound)) }
        if isWhole, ownWork == nil, !isPastFirstPrompt, let first = message.firstPrompt {
            isPastFirstPrompt = true
            ownWork = OwnWork(firstPrompt: first)
        }
        let startsTurn = pieces.contains(where: \.startsTurn)
        if startsTurn { statistics.turns += 1 }
        if let awaited { isHeard = awaited.isHeard(after: isHeard, pieces, at: message.positions.lowerBound) }
        let entries = entries(of: pieces, message)
        // Of a message without a name all goes with a part of it.
        if entries.contains(where: { exclusions.cover($0) }) {
            for entry in entries { found[DigestMark(ending: entry.text)?.sum ?? ""] = nil }
            return pass(over: count, Tombstone.reason)
        }
        guard !entries.isEmpty else {
            return pass(
                over: count, message.isOfClient ? "written by the client" : "\(message.type) without kept content")
        }
        statistics.bytesRaw += count
        queue.append(TranscriptEntry(bytes: message.positions, startsTurn: startsTurn, entries: entries))
    }

    /// The calls that ended before a position, for a record of their tools; they are not told again.
    package mutating func takeCalls(before end: Int64, of session: String) -> [ToolCallTally] {
        let count = calls.firstIndex { $0.position >= end } ?? calls.count
        guard count > 0 else { return [] }
        defer { calls.removeFirst(count) }
        return calls[..<count].map { $0.call.tally(redactor, session: session, position: $0.position) }
    }

    /// Accounts for what nothing is kept of.
    package mutating func pass(over count: Int64, _ reason: String) {
        statistics.excludedBytes[reason, default: 0] += count
        statistics.bytesRaw += count
    }

    /// Accounts for what is no message at all.
    package mutating func passOverUnparsable(_ count: Int64) {
        pass(over: count, "unparsable")
        statistics.unparsableLines += 1
    }

    /// Accounts for what is well-formed and nothing that the client writes.
    package mutating func passOverUnknown(_ count: Int64) {
        statistics.skipped["none", default: 0] += 1
        pass(over: count, "type none")
    }

    private mutating func entries(of pieces: [Message.Piece], _ message: Message) -> [EpisodeEntry] {
        pieces.enumerated().compactMap { index, piece in
            let text = redactor.cleaned(piece.text), whole = piece.whole.map(redactor.cleaned)
            var (kept, mark) = piece.shortening.digest(text, of: whole)
            // What somebody wrote like a mark is none.
            if mark == nil, DigestMark(ending: kept) != nil { kept += " " }
            if let mark, sought.contains(mark.sum) { found[mark.sum] = whole ?? text }
            guard kept.utf8.contains(where: { $0 > 32 }) else { return nil }
            return EpisodeEntry(
                uuid: message.uuid, hash: Checksum(value: message.hash &+ UInt64(index)).hexadecimal, role: piece.role,
                at: message.at, text: kept, subagent: message.subagent)
        }
    }
}

/// A session that is a memory tool's own call of a model: captured, it would be summarised, and the summary captured
/// again, without end.
package struct OwnWork: Sendable, Equatable {
    /// How the tool's prompts begin.
    package let mark: String

    /// What memory tools say first, ours included; checked on the first prompt of a session only.
    private static let marks = [
        // obra/episodic-memory, src/summarizer.ts
        "Summarize this part of a conversation", "Please write a concise, factual summary of this conversation",
        "Context: This summary will be shown in a list to help users",
        // thedotmack/claude-mem, plugin/modes
        "You are a Claude-Mem, a specialized observer", "Hello memory agent",
        // Claude Code's own compaction, when a tool calls for it by hand
        "Your task is to create a detailed summary of the conversation so far",
        "[holdfast memory]",
    ]

    package init?(firstPrompt: String) {
        let prompt = firstPrompt.drop { $0.isWhitespace }
        guard let mark = Self.marks.first(where: { prompt.hasPrefix($0) }) else { return nil }
        self.mark = mark
    }

    package var reason: String { "a memory tool's own call" }
}

extension TranscriptSource {
    /// Whether a transcript is a memory tool's own call, by its first prompt. What cannot be read is none.
    package func ownWork(in file: TranscriptFile) -> OwnWork? {
        guard file.agentID == nil,
            let transcript = try? open(file.path, in: file.configDirectory.isEmpty ? nil : file.configDirectory),
            var reader = try? transcript.reader(
                from: Cursor(), ReadingRules(policy: FilterPolicy(), redactor: Redactor()))
        else { return nil }
        while let entry = reader.next(), reader.ownWork == nil, !entry.startsTurn {}
        return reader.ownWork
    }
}
