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
        var arrival = Arrival(imported.episode)
        arrival.damage = imported.damage
        let id = imported.episode.id
        return try write { database in
            let writer = try EpisodeWriter(database, nowMilliseconds: nowMilliseconds)
            let isNew = try !writer.knows(id)
            let outcome = try writer.add(arrival)
            if case .archived = outcome {
                if let place = imported.place.outcome, place != .duplicate {
                    try Self.finish(id, as: place, failure: imported.failure, nowMilliseconds, database)
                } else {
                    try database.execute(
                        sql: "UPDATE episode SET place = 'backlog' WHERE id = ?", arguments: [id.rawValue])
                }
            }
            guard let memory = imported.memory else { return isNew ? .added(id) : .known(id) }
            let stored = try Self.insert(memory, json: memory.memory.json(), text: memory.memory.text, database)
            try Self.finish(id, as: .memory, failure: nil, nowMilliseconds, database)
            return isNew ? .added(id) : stored == .stored ? .memoryAdded(id) : .known(id)
        }
    }

    func storeMemories(
        _ memories: [StoredMemory], nowMilliseconds: Int64
    ) throws(ArchiveError) -> [MemoryOutcome] {
        let texts: [(json: String, text: String)]
        do {
            texts = try memories.map { (try $0.memory.json(), $0.memory.text) }
        } catch {
            throw .rejected(reason: "a memory cannot be written as JSON: \(error)")
        }
        return try write { database in
            try zip(memories, texts).map { stored, made in
                let outcome = try Self.insert(stored, json: made.json, text: made.text, database)
                if outcome != .noSuchEpisode {
                    try Self.finish(stored.episode, as: .memory, failure: nil, nowMilliseconds, database)
                }
                return outcome
            }
        }
    }

    static func insert(
        _ stored: StoredMemory, json: String, text: String, _ database: Database
    ) throws -> MemoryOutcome {
        let find = try database.cachedStatement(
            sql: """
                SELECT number, dispatch_key, EXISTS (SELECT 1 FROM memory WHERE memory.episode = number) AS has
                FROM episode WHERE id = ?
                """)
        guard let row = try Row.fetchOne(find, arguments: [stored.episode.rawValue]) else { return .noSuchEpisode }
        guard try row.value("has") == false else { return .alreadyThere }
        let number: Int64 = try row.value("number")
        let scope = SearchScope.words(forKey: try row.value("dispatch_key"))
        let maker = stored.maker
        try database.cachedStatement(sql: "INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                number, json, text, scope, maker.provider, maker.model, maker.tokensIn, maker.tokensOut,
                stored.madeMilliseconds,
            ])
        try database.cachedStatement(sql: "INSERT INTO memory_words (rowid, text, scope) VALUES (?, ?, ?)")
            .execute(arguments: [number, text, scope])
        return .stored
    }

    static func memory(of episode: EpisodeID, _ database: Database) throws -> StoredMemory? {
        let find = try database.cachedStatement(sql: "SELECT number FROM episode WHERE id = ?")
        guard let number = try Int64.fetchOne(find, arguments: [episode.rawValue]) else { return nil }
        return try memory(of: episode, numbered: number, database)
    }

    static func memory(of episode: EpisodeID, numbered number: Int64, _ database: Database) throws -> StoredMemory? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM memory WHERE episode = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { return nil }
        return try StoredMemory(
            episode: episode, memory: Memory(json: row.value("body")),
            maker: MemoryMaker(
                provider: row.value("provider"), model: row.value("model"), tokensIn: row.value("tokens_in"),
                tokensOut: row.value("tokens_out")),
            madeMilliseconds: row.value("made_ms"))
    }

    func memories(of ids: [EpisodeID]) throws(ArchiveError) -> Set<EpisodeID> {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM memory WHERE episode = (SELECT number FROM episode WHERE id = ?)")
            return Set(try ids.filter { try Row.fetchOne(statement, arguments: [$0.rawValue]) != nil })
        }
    }
}
