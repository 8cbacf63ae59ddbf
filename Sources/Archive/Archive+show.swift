package import Domain
internal import GRDB

extension Archive {
    package func show(_ id: EpisodeID) throws(ArchiveError) -> ArchivedEpisode? {
        try read { database in
            let find = try database.cachedStatement(sql: "SELECT * FROM episode WHERE id = ?")
            return try Row.fetchOne(find, arguments: [id.rawValue]).map { try ArchivedEpisode($0, database) }
        }
    }

    /// - Parameter beginning: of an episode's id, at least six digits.
    package func show(beginning: String) throws(ArchiveError) -> ArchivedEpisode? {
        let digits = beginning.lowercased()
        guard (6...32).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw .rejected(
                reason: "'\(PlainText.line(beginning))' is not 6 to 32 hexadecimal digits of an episode's id")
        }
        return try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM episode WHERE id >= ? AND id < ? LIMIT 2",
                arguments: [digits, digits + "g"]
            )
            guard rows.count < 2 else {
                throw ArchiveError.rejected(reason: "several episodes begin with '\(digits)'; give more digits")
            }
            return try rows.first.map { try ArchivedEpisode($0, database) }
        }
    }
}

extension ArchivedEpisode {
    init(_ row: Row, _ database: Database) throws {
        let content = try EpisodeContent(of: try row.value("number"), database)
        try self.init(row, content, database)
    }

    init(_ row: Row, _ content: EpisodeContent, _ database: Database) throws {
        episode = try StoredEpisode(row, content: content.text)
        guard let place = try Place(place: row.value("place"), outcome: row.value("outcome")) else {
            throw ArchiveError.corrupt(reason: "an episode is nowhere")
        }
        self.place = place
        newEntryCount = try row.value("new_entry_count")
        errorType = try row.value("error_type")
        errorMessage = try row.value("error_message")
        archivedMilliseconds = try row.value("archived_ms")
        finishedMilliseconds = try row.value("finished_ms")
        needsReprocessing = try row.value("needs_reprocessing")
        damage = try row.value("damage")
        let find = try database.cachedStatement(sql: "SELECT title, text FROM digest WHERE episode = ?")
        let made = try Row.fetchOne(find, arguments: [try row.value("number") as Int64])
        title = try made?.value("title") ?? ""
        digest = try made?.value("text") ?? ""
        memory = try Archive.memory(of: episode.id, database)
        entries = content.entries
        newEntries = content.lines.filter(\.isNew).compactMap(\.entry)
    }
}
