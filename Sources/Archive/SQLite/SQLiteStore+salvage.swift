internal import Domain
internal import GRDB
internal import Glibc
internal import Platform

extension SQLiteStore {
    /// Reads what can be read of a damaged file that was moved aside.
    ///
    /// It goes by number, one after the other: behind a page that is gone the next row may be anywhere, and a step over it
    /// would leave out what was paid for.
    /// - Returns: what came of it; it never fails for what the old file is like.
    static func salvage(
        from path: String, into archive: any EpisodeArchive, nowMilliseconds: Int64
    ) throws(ArchiveError) -> SalvageCount {
        var count = SalvageCount()
        let file = ArchiveFile(path: path)
        guard try file.exists(),
            // A log that was moved along holds the latest.
            let old = try? DatabaseQueue(
                path: file.hasLog() ? path : file.immutableName,
                configuration: SQLiteArchive.configuration(readonly: true))
        else { return count }
        let last = salvageLimit(old, file)
        var number: Int64 = 0
        while number < last {
            do {
                guard let found = try next(after: number, old) else { break }
                number = found.number
                guard let episode = found.episode else {
                    count.unreadable += 1
                    continue
                }
                switch try archive.take(episode, nowMilliseconds: nowMilliseconds) {
                case .added, .memoryAdded:
                    count.stored += 1
                    if episode.damage == .lost { count.withoutContent += 1 }
                default: count.already += 1
                }
            } catch let error as ArchiveError {
                // The new archive's trouble.
                throw error
            } catch {
                count.unreadable += 1
                number += 1
            }
        }
        return count
    }

    /// No number is beyond it.
    private static func salvageLimit(_ old: DatabaseQueue, _ file: ArchiveFile) -> Int64 {
        let queries = ["SELECT max(episode) FROM memory", "SELECT max(number) FROM episode"]
        let found = queries.compactMap { sql in
            (try? old.read { database in try Int64.fetchOne(database, sql: sql) }) ?? nil
        }
        if let last = found.max() { return last }
        // Unknown: as many as there is room for, a row having its names and sums. Of a file of which nothing can be read each
        // step fails, and the archive is nobody's for as long as they take: a million of them are minutes.
        let size = file.names.prefix(2).reduce(0) { $0 + ((try? Files.status($1))?.st_size ?? 0) }
        return min(1_000_000, Int64(size) / 100)
    }

    /// - Throws: when the next episode cannot be read; never an `ArchiveError`.
    private static func next(
        after number: Int64, _ old: DatabaseQueue
    ) throws -> (number: Int64, episode: ImportedEpisode?)? {
        try old.read { database in
            let sql = "SELECT * FROM episode WHERE number > ? ORDER BY number LIMIT 1"
            guard let row = try Row.fetchOne(database, sql: sql, arguments: [number]) else { return nil }
            let number: Int64 = try row.value("number")
            return (number, try? salvaged(row, number, database))
        }
    }

    private static func salvaged(_ row: Row, _ number: Int64, _ database: Database) throws -> ImportedEpisode? {
        let content = try? EpisodeContent(of: number, database).text
        var episode = try StoredEpisode(row, content: content ?? "")
        // By its number: the index of the ids may be what is damaged.
        let memory = (try? SQLiteArchive.memory(of: episode.id, numbered: number, database)) ?? nil
        guard content != nil || memory != nil || episode.discardedMilliseconds != nil else { return nil }
        if memory != nil { episode.discardedMilliseconds = nil }
        var place = memory == nil ? Place.backlog : .finished(.memory)
        if memory == nil, let known = try? Place(place: row.value("place"), outcome: row.value("outcome")) {
            place = known == .queued ? .backlog : known
        }
        var damage = Arrival(episode).damage
        // Redis or the transcript may have it whole; under its name nothing else may stand.
        if memory == nil, damage != nil { return nil }
        if content == nil || damage == .checksum {
            // Words that are not all there would pass for all there were.
            episode.content = ""
            damage = .lost
        }
        let summaries = (try? SQLiteArchive.textSummaries(shownIn: number, database)) ?? []
        return ImportedEpisode(
            episode: episode, place: place, damage: damage, memory: memory,
            summaries: damage == .lost ? [] : summaries)
    }
}
