package import Domain
internal import Redaction

/// One message as a source read it: what a line, a row or an element says, before anything of it is kept.
package struct Message: Sendable {
    /// A piece of it on its way to an entry.
    package struct Piece: Sendable, Equatable {
        package var role: EpisodeEntry.Role
        package var text: String
        package var shortening: Shortening
        package var startsTurn: Bool

        package init(role: EpisodeEntry.Role, text: String, shortening: Shortening, startsTurn: Bool = false) {
            self.role = role
            self.text = text
            self.shortening = shortening
            self.startsTurn = startsTurn
        }
    }

    /// Its positions; those of the messages and of what was passed over lie end to end.
    package var positions: Range<Int64>
    /// As the client calls it.
    package var type: String
    package var uuid = ""
    /// ISO 8601; empty where it has none.
    package var at = ""
    /// The sub-agent that speaks, where the transcript says so.
    package var agent = ""
    /// Of the raw message: with the uuid it tells a copy from a rewrite.
    package var hash: UInt64 = 0
    /// What of it may be kept; nil when messages of its type never are.
    package var pieces: [Piece]?
    /// The first of the transcript that a person typed, in this message or before it.
    package var firstPrompt: String?
    /// Nobody said it.
    package var isOfClient = false
    /// It tells again what was said before.
    package var isSummary = false

    package init(type: String, at positions: Range<Int64>) {
        self.type = type
        self.positions = positions
    }
}

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
        if exclusions.cover(message) { return pass(over: count, RecordingGaps.reason) }
        if isWhole, ownWork == nil, !isPastFirstPrompt, let first = message.firstPrompt {
            isPastFirstPrompt = true
            ownWork = OwnWork(firstPrompt: first)
        }
        let startsTurn = pieces.contains(where: \.startsTurn)
        if startsTurn { statistics.turns += 1 }
        if let awaited { isHeard = awaited.isHeard(after: isHeard, pieces, at: message.positions.lowerBound) }
        let entries = entries(of: pieces, message)
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
            let kept = piece.shortening.apply(to: redactor.redact(piece.text))
            guard kept.utf8.contains(where: { $0 > 32 }) else { return nil }
            return EpisodeEntry(
                uuid: message.uuid, hash: Checksum(value: message.hash &+ UInt64(index)).hexadecimal, role: piece.role,
                at: message.at, text: Self.printable(kept), agent: message.agent)
        }
    }

    /// Without NUL and other control characters that would trouble a terminal; line breaks and tabs stay.
    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 && $0 != 10 && $0 != 9 || $0 == 127 }) else { return text }
        return String(
            decoding: text.utf8.filter { $0 >= 32 && $0 != 127 || $0 == 10 || $0 == 9 }, as: UTF8.self)
    }
}
