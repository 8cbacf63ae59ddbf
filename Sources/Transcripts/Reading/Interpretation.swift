internal import Domain
internal import Redaction

/// Makes entries of messages, whichever client wrote them, and keeps account of all others: leaves out what was said while
/// recording was off, knows a memory tool's own call, redacts, shortens.
package struct Interpretation {
    private let redactor: Redactor
    private var exclusions: Exclusions
    private let awaited: AwaitedAnswer?
    private let isWhole: Bool
    private var isPastFirstPrompt = false

    /// Entries not yet handed over: a line may hold several messages.
    package var queue: [TranscriptEntry] = []
    package private(set) var ownWork: OwnWork?
    /// Whether the awaited answer was met.
    package private(set) var isHeard = false
    package private(set) var statistics = TranscriptStatistics()

    /// - Parameter isWhole: whether the transcript is read from its beginning.
    package init(_ rules: ReadingRules, isWhole: Bool) {
        redactor = rules.redactor
        exclusions = rules.exclusions
        awaited = rules.awaited
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
        if isWhole, ownWork == nil, !isPastFirstPrompt, let first = message.firstPrompt {
            isPastFirstPrompt = true
            ownWork = OwnWork(firstPrompt: first)
        }
        let startsTurn = pieces.contains(where: \.startsTurn)
        if startsTurn { statistics.turns += 1 }
        if let awaited { isHeard = awaited.isHeard(after: isHeard, pieces, at: message.positions.lowerBound) }
        let entries = entries(of: pieces, message)
        // Of a message without a name all goes with a part of it.
        if entries.contains(where: { exclusions.cover($0) }) { return pass(over: count, Tombstone.reason) }
        guard !entries.isEmpty else {
            return pass(
                over: count, message.isOfClient ? "written by the client" : "\(message.type) without kept content")
        }
        statistics.bytesRaw += count
        queue.append(TranscriptEntry(bytes: message.positions, startsTurn: startsTurn, entries: entries))
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

    private func entries(of pieces: [Message.Piece], _ message: Message) -> [EpisodeEntry] {
        pieces.enumerated().compactMap { index, piece in
            let kept = piece.shortening.apply(to: redactor.cleaned(piece.text))
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
