package import Domain

/// One message of a transcript of which something is kept, filtered and redacted.
package struct TranscriptEntry: Sendable, Equatable {
    /// Its positions: of a file of lines, the line's bytes, its line break included.
    package var bytes: Range<Int64>
    package var startsTurn: Bool
    package var entries: [EpisodeEntry]

    package init(bytes: Range<Int64>, startsTurn: Bool, entries: [EpisodeEntry]) {
        self.bytes = bytes
        self.startsTurn = startsTurn
        self.entries = entries
    }

    /// Bytes of text in it.
    package var textCount: Int { entries.reduce(0) { $0 + $1.text.utf8.count } }
}

/// What a reader met.
package struct TranscriptStatistics: Sendable, Equatable {
    package var bytesRaw: Int64 = 0
    /// Text, thinking, calls and results; no images, no envelope.
    package var bytesSeenByModel: Int64 = 0
    package var turns = 0
    /// Messages of types that are never kept, by type.
    package var skipped: [String: Int] = [:]
    package var unparsableLines = 0
    package var usage = TokenUsage()
    /// Bytes that no entry came from, by reason.
    package var excludedBytes: [String: Int64] = [:]

    package init() {}
}

/// Tokens as the API counted them, each reply once.
package struct TokenUsage: Sendable, Equatable {
    package var input: Int64 = 0
    package var output: Int64 = 0
    package var cacheCreation: Int64 = 0
    package var cacheRead: Int64 = 0

    package init() {}
}
