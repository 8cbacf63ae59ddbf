package import Archive
internal import Domain

extension CompanionFacts {
    /// Counts what an archive holds.
    package mutating func count(_ archive: borrowing Archive, now: Int64) throws(ArchiveError) {
        let counts = try archive.counts()
        self.archive.episodes = counts.episodes
        self.archive.memories = counts.memories
        self.archive.without_memory = counts.needingReprocessing
        self.archive.bytes = counts.bytes
        self.archive.at = Timestamp(now)
        self.archive.error = nil
        backlog = Int64(counts.backlog)
        oldestBacklogMilliseconds = counts.oldestBacklogMilliseconds
    }
}
