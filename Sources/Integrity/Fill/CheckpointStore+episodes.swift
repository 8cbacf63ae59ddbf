internal import Archive
package import Domain
internal import Platform

extension CheckpointStore {
    /// Hands out, as lines of an export, episodes of a checkpoint's archive that are sound there.
    /// - Parameters:
    ///   - isWanted: which; asked for a page of them at a time.
    ///   - body: gets the export's head first, where any follows.
    /// - Returns: which were handed out.
    package func export(
        of id: String, _ isWanted: ([EpisodeID]) throws -> Set<EpisodeID>, _ body: (String) throws -> Void
    ) throws -> Set<EpisodeID> {
        guard let archive = try openArchive(of: id) else { return [] }
        defer { archive.remove() }
        var given: Set<EpisodeID> = [], last: EpisodeID?
        repeat {
            let page = try archive.archive.episodes(after: last, key: nil, sinceMilliseconds: nil, limit: 50)
            last = page.last?.episode.id
            let wanted = try isWanted(page.map(\.episode.id))
            for archived in page where wanted.contains(archived.episode.id) {
                guard archived.damage.isEmpty, archived.isSound else { continue }
                if given.isEmpty { try body(archive.archive.exportHead) }
                try body(archived.exportLine)
                given.insert(archived.episode.id)
            }
        } while last != nil
        return given
    }
}
