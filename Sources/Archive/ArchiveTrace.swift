package import Domain

/// What an archive is asked for that is to be forgotten.
package enum TraceQuestion: Sendable {
    /// - Parameters:
    ///   - key: what was added by hand under this dispatch key is asked for too; nil for nothing of that.
    ///   - candidates: messages that the sessions' transcripts hold; those that another session had first are none of theirs.
    case sessions(Set<SessionID>, addedUnder: String?, candidates: Set<String>)
    case text(SoughtText)
}

/// What an archive holds of that.
package struct ArchiveTrace: Sendable {
    package struct OfSession: Sendable {
        package var known = ForgottenMessages()
        /// Episodes with lines that cannot be understood and hold it.
        package var episodes: Set<EpisodeID> = []
        /// Episodes whose memory or failure says it.
        package var remarks: Set<EpisodeID> = []
    }

    package var sessions: [SessionID: OfSession] = [:]
    /// Entries.
    package var messages = 0
    package var memories = 0
    /// Of the candidates: what another session had first.
    package var others: Set<String> = []
    /// Pieces of what is to go, by which it is known again wherever it stands; a few dozen at most.
    package var samples: [String] = []

    package var isEmpty: Bool { messages == 0 && memories == 0 && sessions.isEmpty }

    package init() {}
}

/// A piece of a text by which the whole is known again.
package enum TextSample {
    private static let length = 48
    /// A whole line that is shorter, but no shorter than this, is a piece too: who looks for it makes sure that nobody else
    /// said it.
    private static let shortest = 12
    package static let limit = 32

    /// - Returns: nil for a text of which no line is long enough to be nobody else's.
    package static func of(_ text: String) -> String? {
        let lines = Array(text.utf8).split { $0 < 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        guard let line = lines.max(by: { $0.count < $1.count }), line.count >= shortest else { return nil }
        guard line.count > length else { return String(decoding: line, as: UTF8.self) }
        var start = line.startIndex + (line.count - length) / 2
        while start > line.startIndex, line[start] & 0xC0 == 0x80 { start -= 1 }
        var end = min(start + length, line.endIndex)
        while end < line.endIndex, line[end] & 0xC0 == 0x80 { end += 1 }
        return String(decoding: line[start..<end], as: UTF8.self)
    }
}
