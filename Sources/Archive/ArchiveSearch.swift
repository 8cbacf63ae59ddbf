package import Domain

/// What is looked for in an archive.
package struct ArchiveSearch: Sendable {
    package var text: String
    /// A dispatch key, or the agent before its first "/".
    package var key: String?
    /// Captured then or later.
    package var sinceMilliseconds: Int64?
    /// At most a hundred.
    package var limit: Int
    /// Stand around each word found.
    package var marks: (before: String, after: String)

    package init(
        _ text: String, key: String? = nil, sinceMilliseconds: Int64? = nil, limit: Int = 20,
        marks: (before: String, after: String) = ("[", "]")
    ) {
        self.text = text
        self.key = key
        self.sinceMilliseconds = sinceMilliseconds
        self.limit = min(max(0, limit), 100)
        self.marks = marks
    }
}

/// An episode that a search found.
package struct SearchHit: Sendable, Equatable {
    /// Where the words stand.
    package enum Source: String, Sendable { case memory, digest, raw }

    package var episode: EpisodeID
    package var dispatchKey: String
    package var sessionID: String
    package var capturedMilliseconds: Int64
    package var title: String
    /// Plain text around the words found, these between the marks that were asked for.
    package var snippet: String
    package var source: Source
    /// The higher, the better; comparable within one search.
    package var score: Double
    /// All words that were looked for stand in it, be it in memory and raw text; otherwise some do.
    package var hasAllWords: Bool
}
