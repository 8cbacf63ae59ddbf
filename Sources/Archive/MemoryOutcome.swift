/// What became of a memory that was handed to the archive.
package enum MemoryOutcome: Sendable, Equatable {
    case stored
    /// Another came first and stays.
    case alreadyThere
    /// The archive has no such episode.
    case noSuchEpisode
}
