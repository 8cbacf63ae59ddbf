package import Domain

/// What keeps the archive from doing what it was asked, by what the caller can do about it.
package enum ArchiveError: Error, Equatable {
    /// It cannot be read or written now: locked, read-only, no permission. Try again later, or say so.
    case unavailable(reason: String)
    /// The disk is full. What was begun is undone; it goes on when there is room.
    case full
    /// It is damaged: move it aside, make a new one, salvage what can be read.
    case corrupt(reason: String)
    /// A newer Holdfast made it. Touch nothing.
    case newer(schemaVersion: Int, known: Int)
    /// SQLite's write-ahead log needs memory that all readers share, which no network file system gives.
    case onNetworkFileSystem(path: String)
    /// The request cannot be fulfilled as it is.
    case rejected(reason: String)
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "the archive cannot be used now: \(reason)"
        case .full: "the archive's disk is full; nothing is lost, it goes on when there is room"
        case .corrupt(let reason): "the archive is damaged: \(reason)"
        case .newer(let version, let known):
            "the archive was made by a newer Holdfast (schema \(version), this one knows \(known)); update"
        case .onNetworkFileSystem(let path):
            "\(path) is on a network file system, where SQLite cannot share its log; set archive.path to a local disk"
        case .rejected(let reason): reason
        }
    }
}

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
    /// It holds what is forgotten, and nothing of it was taken in: it is to come again as what is left of it, if anything.
    case forgotten(Forgotten.Remainder)
}

/// What became of a memory that was handed to the archive.
package enum MemoryOutcome: Sendable, Equatable {
    case stored
    /// Another came first and stays.
    case alreadyThere
    /// The archive has no such episode.
    case noSuchEpisode
    /// The episode is forgotten, or was given up by a person.
    case unwanted
}

/// What became of one line of an export.
package enum ImportOutcome: Sendable, Equatable {
    /// The first line; what follows can be read.
    case head
    case added(EpisodeID)
    /// The episode was here; its memory was not.
    case memoryAdded(EpisodeID)
    /// Episode and memory were here, or another memory was.
    case known(EpisodeID)
    /// All of it is forgotten.
    case forgotten(EpisodeID)
    /// The line is none of an export, of another format, or too large. Nothing of it is stored.
    case refused(reason: String)
}
