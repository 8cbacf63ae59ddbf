internal import Domain

/// What became of a text that was added.
package struct AddedMemory: Encodable, Sendable {
    package enum Outcome: String, Encodable, Sendable {
        /// There is a memory.
        case success
        /// The text is archived and searchable, and there is to be no memory.
        case degraded
        /// A memory will be made.
        case queued
        case error
    }

    package var outcome: Outcome
    @OrNull package var episode_id: String?
    /// From the call to the answer.
    package var milliseconds: Int64
    /// Why it is no success.
    @OrNull package var reason: String?
    /// What to do next.
    package var next: String
    @OrNull package var memory: MemoryView?
    @OrNull package var category: Failure.Category?

    private enum CodingKeys: CodingKey { case outcome, episode_id, milliseconds, reason, category, next, memory }

    init(
        _ outcome: Outcome, _ id: EpisodeID? = nil, reason: String? = nil, category: Failure.Category? = nil,
        next: String, memory: MemoryView? = nil
    ) {
        self.outcome = outcome
        milliseconds = 0
        self.next = next
        self.category = category
        episode_id = id?.rawValue
        self.reason = reason
        self.memory = memory
    }
}
