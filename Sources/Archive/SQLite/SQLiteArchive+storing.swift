internal import Domain
internal import GRDB

extension SQLiteArchive {
    func ingest(
        _ episodes: [StoredEpisode], cursors: [ArchivedCursor], nowMilliseconds: Int64
    ) throws(ArchiveError) -> [IngestOutcome] {
        // Before the transaction: nobody waits for us to read and to hash.
        let arrivals = episodes.map(Arrival.init)
        return try write { database in
            let writer = try EpisodeWriter(database, nowMilliseconds: nowMilliseconds)
            let outcomes = try arrivals.map { try writer.add($0) }
            for cursor in cursors { try Self.advance(cursor, database) }
            return outcomes
        }
    }

    /// Moves a cursor forwards, never back.
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

    func cursors() throws(ArchiveError) -> [ArchivedCursor] {
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

    func take(_ imported: ImportedEpisode, nowMilliseconds: Int64) throws(ArchiveError) -> ImportOutcome {
        let id = imported.episode.id
        return try write { database in
            guard let imported = try ForgottenNames(database).whatIsLeft(of: imported) else { return .forgotten(id) }
            var arrival = Arrival(imported.episode)
            arrival.damage = imported.damage
            let writer = try EpisodeWriter(database, nowMilliseconds: nowMilliseconds)
            let isNew = try !writer.knows(id)
            // A person brings it since it is damaged here, perhaps: nobody may have looked at it since.
            if !isNew { try Self.markIfDamaged(id, database) }
            let outcome = try writer.add(arrival)
            if case .archived = outcome {
                if let place = imported.place.outcome, place != .duplicate {
                    try Self.finish(id, as: place, failure: imported.failure, nowMilliseconds, database)
                } else {
                    try database.execute(
                        sql: "UPDATE episode SET place = 'backlog' WHERE id = ?", arguments: [id.rawValue])
                }
            }
            if !imported.summaries.isEmpty,
                let number = try Int64.fetchOne(
                    database, sql: "SELECT number FROM episode WHERE id = ? AND discarded_ms IS NULL",
                    arguments: [id.rawValue])
            {
                try Self.insert(imported.summaries, of: number, database)
            }
            guard let memory = imported.memory else { return isNew ? .added(id) : .known(id) }
            let stored = try Self.insert(memory, database)
            if stored == .stored, imported.episode.filterMark == StoredEpisode.summaryMark {
                // With what it knows; or what it was made of would be asked for again.
                try database.execute(
                    sql: """
                        UPDATE episode SET bytes_to = max(bytes_to, ?), captured_ms = max(captured_ms, ?) WHERE id = ?
                        """,
                    arguments: [imported.episode.bytes.upperBound, imported.episode.capturedMilliseconds, id.rawValue])
            }
            try Self.finish(id, as: .memory, failure: nil, nowMilliseconds, database)
            return isNew ? .added(id) : stored == .stored ? .memoryAdded(id) : .known(id)
        }
    }

    func storeMemories(
        _ memories: [StoredMemory], nowMilliseconds: Int64
    ) throws(ArchiveError) -> [MemoryOutcome] {
        try write { database in
            try memories.map { stored in
                let outcome = try Self.insert(stored, database)
                if outcome != .noSuchEpisode {
                    try Self.finish(stored.episode, as: .memory, failure: nil, nowMilliseconds, database)
                }
                return outcome
            }
        }
    }
}
