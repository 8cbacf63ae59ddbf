package import Domain

/// One message as a source read it: what a line, a row or an element says, before anything of it is kept.
package struct Message: Sendable {
    /// A piece of it on its way to an entry.
    package struct Piece: Sendable, Equatable {
        package var role: EpisodeEntry.Role
        package var text: String
        package var shortening: Shortening
        package var startsTurn: Bool
        /// What `text` tells in a line of its own; nil where it is the text itself.
        package var whole: String?

        package init(
            role: EpisodeEntry.Role, text: String, shortening: Shortening, startsTurn: Bool = false,
            whole: String? = nil
        ) {
            self.role = role
            self.text = text
            self.shortening = shortening
            self.startsTurn = startsTurn
            self.whole = whole
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
    package var subagent = ""
    /// Of the raw message: with the uuid it tells a copy from a rewrite.
    package var hash: UInt64 = 0
    /// What of it may be kept; nil when messages of its type never are.
    package var pieces: [Piece]?
    /// The first of the transcript that a person typed, in this message or before it.
    package var firstPrompt: String?
    /// Of tools, that ended with it.
    package var calls: [EndedCall] = []
    /// Nobody said it.
    package var isOfClient = false
    /// It tells again what was said before.
    package var isSummary = false

    package init(type: String, at positions: Range<Int64>) {
        self.type = type
        self.positions = positions
    }
}

/// How much of a redacted text is kept. After redaction, since half a secret is not recognised as one.
package enum Shortening: Sendable, Equatable {
    case whole
    /// Loses its middle beyond so many bytes.
    case middle(Int)
    /// Its first line with something on it, to so many bytes.
    case line(Int)
    /// The beginning, to so many bytes.
    case start(Int)
    /// What has more characters than so many, as Unicode counts scalars, becomes a digest that is marked as one.
    indirect case digest(Shortening, beyond: Int)

    package func apply(to text: String) -> String {
        switch self {
        case .whole: return text
        case .middle(let limit):
            let bytes = Array(text.utf8)
            guard bytes.count > limit else { return text }
            let head = Self.boundary(bytes, limit * 2 / 3), tail = Self.boundary(bytes, bytes.count - limit / 3)
            let left = Self.text(bytes[..<head]), right = Self.text(bytes[tail...])
            return "\(left)\n[… \(tail - head) bytes left out …]\n\(right)"
        case .line(let limit):
            let lines = text.utf8.split { $0 == 10 || $0 == 13 }
            let first = lines.first { line in line.contains { $0 > 32 } }.map(Array.init) ?? []
            return Self.start(of: Array(first.drop { $0 <= 32 }), limit)
        case .start(let limit): return Self.start(of: Array(text.utf8), limit)
        case .digest: return digest(text).text
        }
    }

    /// - Parameter whole: what the text tells in a line of its own; nil where it is the text itself.
    /// - Returns: what is kept, and the mark that it ends with, where it is a digest.
    package func digest(_ text: String, of whole: String? = nil) -> (text: String, mark: DigestMark?) {
        guard case .digest(let shortening, let limit) = self else { return (apply(to: text), nil) }
        let full = whole ?? text
        // Counted only where the bytes do not tell.
        guard full.utf8.count > limit, full.unicodeScalars.count > limit else {
            return (whole == nil ? text : shortening.apply(to: text), nil)
        }
        let mark = DigestMark(of: full)
        return (shortening.apply(to: text) + mark.text, mark)
    }

    private static func start(of bytes: [UInt8], _ limit: Int) -> String {
        guard bytes.count > limit else { return text(bytes[...]) }
        return text(bytes[..<boundary(bytes, limit)]) + "…"
    }

    /// The last position up to `position` that does not split a character's bytes.
    private static func boundary(_ bytes: [UInt8], _ position: Int) -> Int {
        var position = position
        while position > 0, position < bytes.count, bytes[position] & 0xC0 == 0x80 { position -= 1 }
        return position
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
