package import Archive
package import Capture
package import Domain
internal import Redis
package import Settings
internal import Storage
internal import Transcripts

extension ArchiveReading {
    /// Whether other episodes hold, sound, every byte that a damaged one is of: it was captured again, cut at other places.
    package func isHeldOtherwise(_ id: EpisodeID) throws(ArchiveError) -> Bool {
        guard let episode = try show(id)?.episode, let file = episode.file, !episode.bytes.isEmpty else { return false }
        // One that nobody has marked holds its bytes still, as far as the archive knows.
        let spans =
            try heldSpans(of: [file])[file]?.filter {
                $0.generation == episode.generation && $0.bytes != episode.bytes
            } ?? []
        return spans.map(\.bytes).cover(episode.bytes)
    }

    /// Whether episodes lie end to end over all that was captured of a transcript, wherever it lay then. One that is
    /// damaged is of its bytes still: it is another finding.
    /// - Parameters:
    ///   - files: those places of the transcript.
    ///   - waiting: what is on its way to the archive.
    package func covers(
        _ cursor: Cursor, of files: [FileID], waiting: [FileID: [HeldSpan]] = [:]
    ) throws(ArchiveError) -> Bool {
        let archived = try stretches(of: files, generation: cursor.generation)
        let queued = files.flatMap { waiting[$0] ?? [] }.filter { $0.generation == cursor.generation }.map(\.bytes)
        return (archived + queued).cover(0..<cursor.offset)
    }
}

extension [Range<Int64>] {
    /// Whether they lie end to end from the beginning of a stretch to its end, or over each other.
    func cover(_ stretch: Range<Int64>) -> Bool {
        var end = stretch.lowerBound
        for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where range.lowerBound <= end {
            end = Swift.max(end, range.upperBound)
        }
        return end >= stretch.upperBound
    }
}

extension FileID {
    /// A transcript's names: by where it is, and by where else it was captured from.
    package static func all(of path: String, host: String, _ state: StateFolder) -> [FileID] {
        ([path] + TranscriptPlaces(state).others(of: path)).map { FileID(host: host, path: $0) }
    }
}

extension HeldSpan {
    package init(_ span: ArchivedSpan) {
        self.init(
            generation: span.generation, bytes: span.bytes, uuids: span.uuids, filterMark: span.filterMark,
            isDiscarded: span.isDiscarded)
    }
}

extension RedisConnection {
    mutating func accounts(
        of files: [TranscriptFile], _ ledger: Ledger, archived: ([FileID]) -> [FileID: [HeldSpan]]?
    ) throws(RedisError) -> [Account] {
        try ledger.accounts(of: files, over: &self, archived: archived)
    }
}
