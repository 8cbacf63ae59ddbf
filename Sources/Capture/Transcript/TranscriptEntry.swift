package import Domain

/// One line of a transcript of which something is kept, filtered and redacted.
package struct TranscriptEntry: Sendable, Equatable {
    /// Where the line lies in the file, its line break included.
    package var bytes: Range<Int64>
    package var startsTurn: Bool
    package var entries: [EpisodeEntry]

    /// Bytes of text in it.
    var textCount: Int { entries.reduce(0) { $0 + $1.text.utf8.count } }
}
