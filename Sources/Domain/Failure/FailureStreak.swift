/// Failures of one class in a row. One episode may be what a model cannot answer; where several in a row fail alike, the
/// provider would fail any: what answers in its place is a login page, or the model cannot do what is asked of it.
package struct FailureStreak: Sendable, Equatable {
    /// Episodes of which it takes so many.
    package static let limit = 3

    private var category: FailureCategory?
    private var episodes: Set<EpisodeID> = []

    package init() {}

    /// - Returns: whether it is the provider's fault by now.
    package mutating func failed(_ category: FailureCategory, of episode: EpisodeID) -> Bool {
        if category != self.category {
            self.category = category
            episodes = []
        }
        // A number that only grows until the next success: more than the limit tell no more.
        if episodes.count < Self.limit { episodes.insert(episode) }
        return episodes.count >= Self.limit
    }

    package mutating func succeeded() { self = FailureStreak() }
}
