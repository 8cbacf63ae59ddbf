/// The right to work on one episode until a deadline, and what it says.
package struct Lease: Sendable, Equatable {
    package var id: EpisodeID
    /// Told with all that is done under the lease: a late worker's is another.
    package var token: String
    /// Failed model calls before this one.
    package var retryCount: Int64
    /// Leases of it that ran out.
    package var attempts: Int64
    package var session: String
    package var dispatchKey: DispatchKey?
    package var groupID: String
    package var capturedMilliseconds: Int64
    /// The folder that the session works in; empty where nobody told.
    package var project = ""
    /// Entries as JSON lines.
    package var content: String

    /// How long a lease lasts unless it is extended, in ms; it is extended every third of it.
    package static let lengthMilliseconds: Int64 = 30_000

    package init(
        id: EpisodeID, token: String, retryCount: Int64, attempts: Int64, session: String, dispatchKey: DispatchKey?,
        groupID: String, capturedMilliseconds: Int64, content: String
    ) {
        self.id = id
        self.token = token
        self.retryCount = retryCount
        self.attempts = attempts
        self.session = session
        self.dispatchKey = dispatchKey
        self.groupID = groupID
        self.capturedMilliseconds = capturedMilliseconds
        self.content = content
    }
}

/// What became of something done under a lease.
package enum LeaseState: String, Sendable {
    case held
    /// It ran out, and another has the episode, or had it.
    case lost
    case discarded
    case gone
}

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
