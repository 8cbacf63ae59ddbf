package import Domain

/// What became of one line of an export.
package enum ImportOutcome: Sendable, Equatable {
    /// The first line; what follows can be read.
    case head
    case added(EpisodeID)
    /// The episode was here; its memory was not.
    case memoryAdded(EpisodeID)
    /// Episode and memory were here, or another memory was.
    case known(EpisodeID)
    /// The line is none of an export, of another format, or too large. Nothing of it is stored.
    case refused(reason: String)
}
