package import Domain

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
}
