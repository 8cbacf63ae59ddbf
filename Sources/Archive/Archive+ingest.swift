internal import Domain
internal import GRDB

extension Archive {
    /// Takes episodes in, searchable from then on, with the cursors behind them: all or nothing. What the archive has
    /// already (a fork, a compaction, a Redis that forgot) is not stored twice.
    /// - Parameter episodes: at most a hundred or so a call; each call is one write to the disk.
    /// - Returns: an outcome for each episode, in their order.
    package func ingest(
        _ episodes: [StoredEpisode], cursors: [ArchivedCursor] = [], nowMilliseconds: Int64
    ) throws(ArchiveError) -> [IngestOutcome] {
        // Before the transaction: nobody waits for us to read and to hash.
        let arrivals = episodes.map(Arrival.init)
        return try write { database in
            let ingest = try Ingest(database, nowMilliseconds: nowMilliseconds)
            let outcomes = try arrivals.map { try ingest.add($0) }
            for cursor in cursors { try Self.advance(cursor, database) }
            return outcomes
        }
    }

    /// Moves cursors forwards, never back.
    package func advance(_ cursors: [ArchivedCursor]) throws(ArchiveError) {
        try write { database in
            for cursor in cursors { try Self.advance(cursor, database) }
        }
    }

    private static func advance(_ cursor: ArchivedCursor, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO cursor VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (file_id) DO UPDATE SET path = excluded.path, host = excluded.host,
                    offset = excluded.offset, generation = excluded.generation, tail_sha256 = excluded.tail_sha256,
                    captured_ms = excluded.captured_ms
                WHERE excluded.generation > generation
                    OR excluded.generation = generation AND excluded.offset > offset
                """)
        try statement.execute(arguments: [
            cursor.file.rawValue, cursor.path, cursor.host, cursor.cursor.offset, cursor.cursor.generation,
            cursor.cursor.tailHash, cursor.capturedMilliseconds,
        ])
    }

    /// All cursors, for a Redis that forgot.
    package func cursors() throws(ArchiveError) -> [ArchivedCursor] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM cursor ORDER BY file_id")
            return try rows.compactMap { row in
                guard let file = FileID(rawValue: try row.value("file_id")) else { return nil }
                return try ArchivedCursor(
                    file: file, path: row.value("path"), host: row.value("host"),
                    cursor: Cursor(
                        offset: row.value("offset"), generation: row.value("generation"),
                        tailHash: row.value("tail_sha256")),
                    capturedMilliseconds: row.value("captured_ms"))
            }
        }
    }
}
