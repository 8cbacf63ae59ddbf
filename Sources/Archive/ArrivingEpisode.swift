package import Domain

/// An episode that is in no archive and did not come through Redis, on its way to the archive by file.
package struct ArrivingEpisode {
    private let line: ExportLine

    /// - Parameter episode: its content is that of the entries.
    package init(_ episode: StoredEpisode, entries: [EpisodeEntry]) {
        line = ExportLine(episode, at: .backlog, entries: entries.map { .plain($0) })
    }

    /// What `Archive.importLine` takes; from the backlog, where it puts the episode, it goes to those who make memories.
    package func exported() throws -> String {
        let head = ExportLine.Head(holdfastArchive: ExportLine.format, archiveID: "")
        return try [ExportLine.json(head), ExportLine.json(line), ""].joined(separator: "\n")
    }
}
