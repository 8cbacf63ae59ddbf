/// What became of an episode that was handed to the archive.
package enum IngestOutcome: Sendable, Equatable {
    /// It brought something new and is queued.
    case archived(newEntries: Int)
    /// The archive had all of it: finished, no model need be called.
    case duplicate
    /// The very episode was here, and is where it was.
    case known(Place)
    /// What was captured cannot be understood as it was meant. All of it is kept; finished as dead.
    case damaged(reason: String)
    /// A person discarded it, and that is recorded.
    case discarded
}
