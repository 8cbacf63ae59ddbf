/// Some of many episodes that have failed.
package struct FailurePage: Encodable, Sendable {
    /// The newest first.
    package let failures: [EpisodeFailure]
    /// How many there are, whatever was asked for.
    package let total: Int
    /// Where the next page begins; nil on the last.
    @OrNull package var next_cursor: String?
}
