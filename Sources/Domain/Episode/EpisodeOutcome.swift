/// How an episode left the queue.
package enum EpisodeOutcome: String, Sendable, CaseIterable {
    /// A model made a memory of it.
    case memory
    /// The archive had all it says: a fork, a compaction, a Redis that forgot.
    case duplicate
    /// Archived without a memory, since no provider is configured; it comes back when one is.
    case raw
    /// Given up after its retries; what it says is in the archive.
    case dead
    /// Given up by a person.
    case discarded
}
