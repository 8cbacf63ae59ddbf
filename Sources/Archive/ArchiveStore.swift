/// Where a pool's archive lies, and the care for that place: what only one can do who knows the archive's kind.
///
/// Two marks stand beside an archive. One says that this host's archive once stood here, so that only its own companions
/// make it anew. The other stands from the making of a new archive until Redis and transcripts are recorded in it.
package protocol ArchiveStore: Sendable {
    /// For people: a path, or an address without its password.
    var place: String { get }

    /// Says whether the archive was written since the last look; nil where that cannot be said without asking it.
    var changeMark: String? { get }

    /// What only its owner may read, where such a thing lies on this machine.
    var guardedFiles: [String] { get }

    /// Opens the archive for someone who only reads, beside its owner or without one.
    /// - Returns: nil when there is no archive yet. None is made.
    func openToRead() throws(ArchiveError) -> (any ArchiveReading)?

    /// Whether the archive may be made here that Redis knows by this id.
    func mayMake(_ id: String) -> Bool

    /// Opens the archive for its owner, and looks through all of it; makes it where there is none.
    /// - Parameter id: what Redis knows this pool's archive by: one that is made now gets it. nil where Redis knows none.
    /// - Throws: `corrupt` when it is not sound.
    func open(id: String?) throws(ArchiveError) -> any EpisodeArchive

    /// Readies the place for the archive of this id, which a person gave the pool: it is made here, or goes on here, and all
    /// that Redis and transcripts hold is recorded in it.
    func expect(_ id: String) throws(ArchiveError)

    /// Has the archive count as damaged when its owner opens it next, whatever that finds.
    func distrust(because reason: String) throws(ArchiveError)

    /// Whether the mark that says which archive stands here is that of one.
    func isMarked(as id: String) -> Bool
    func mark(as id: String) throws(ArchiveError)

    /// Moves a damaged archive aside; the next to be opened is made anew.
    /// - Returns: where it went.
    func moveAside() throws(ArchiveError) -> String

    /// Copies the archive as it is now into a file that does not exist yet, beside who writes it.
    /// - Returns: what the copy holds; nil where there is no archive.
    func snapshot(to file: String) throws(ArchiveError) -> ArchiveSnapshot?

    /// Puts a snapshot in the place of the archive, which nobody has open: that is moved aside, and what can be read of it is
    /// read into the other, as is what Redis and transcripts hold, by the next to open it as its owner.
    /// - Parameter file: a snapshot; it goes.
    /// - Returns: where the archive went.
    func replace(with file: String) throws(ArchiveError) -> String

    /// Saves what is open and does not lie at its place any more: it is put back, or, where another lies there, beside it, to
    /// be read into that (`salvage`). Closes it.
    /// - Returns: where it went.
    func putBack(_ archive: any EpisodeArchive) throws(ArchiveError) -> String

    /// The archive was made anew: what Redis and transcripts have is to be recorded again.
    var needsRebuilding: Bool { get }

    /// Whether that is because it was damaged and is moved aside.
    var wasDamaged: Bool { get }

    /// Reads what can be read of the damaged archive into the new one: memories cost money, and of some words there is no
    /// transcript any more.
    /// - Returns: what came of it; nil where none was moved aside.
    func salvage(into archive: any EpisodeArchive) throws(ArchiveError) -> SalvageCount?

    /// All is recorded again.
    func wasRebuilt()
}

/// The kinds of archives there are, told apart by how a place is written.
package enum ArchiveStores {
    /// - Parameter place: the path of a SQLite file.
    package static func at(_ place: String) -> any ArchiveStore { SQLiteStore(path: place) }

    /// What no archive goes by yet.
    package static func newID() -> String { SQLiteArchive.randomID() }
}

/// What could be read of a damaged archive.
package struct SalvageCount: Sendable, Equatable {
    /// Episodes that are now in the new archive; `already` were there.
    package var stored = 0
    package var already = 0
    /// Of those stored: their episode's words could not be read.
    package var withoutContent = 0
    /// Places that could not be read.
    package var unreadable = 0
}

/// What a copy of an archive holds.
package struct ArchiveSnapshot: Sendable, Equatable {
    package var archiveID: String
    package var episodes: Int64
    package var memories: Int64
}
