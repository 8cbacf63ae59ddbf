package import Archive
internal import Domain

/// What a checkpoint's archive has and the archive of now has not, though nothing is ever pruned of it.
package struct MissingEpisodes {
    private let store: CheckpointStore

    package init(_ store: CheckpointStore) { self.store = store }

    /// The latest checkpoint that has an archive, and how many of its episodes are missing.
    package func look(in archive: any ArchiveReading) throws -> (checkpoint: String, count: Int)? {
        for id in try store.ids() {
            // One that is damaged, or of a newer form, is told elsewhere.
            guard let checkpoint = try? store.checkpoint(id), checkpoint.archive != nil else { continue }
            do { return (id, try count(of: id, in: archive)) } catch IntegrityError.damaged { continue }
        }
        return nil
    }

    package func count(of checkpoint: String, in archive: any ArchiveReading) throws -> Int {
        guard let unpacked = try store.openArchive(of: checkpoint) else { return 0 }
        defer { unpacked.remove() }
        var count = 0, last: EpisodeID?
        repeat {
            let page = try unpacked.archive.episodes(after: last, key: nil, sinceMilliseconds: nil, limit: 100)
            last = page.last?.episode.id
            // What was discarded, or forgotten, holds nothing that could be missed.
            count += try page.count { archived in
                guard !archived.entries.isEmpty, archived.episode.discardedMilliseconds == nil, archived.damage.isEmpty
                else { return false }
                return try archive.show(archived.episode.id) == nil
            }
        } while last != nil
        return count
    }
}
