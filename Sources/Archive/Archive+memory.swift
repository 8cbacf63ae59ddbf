package import Domain
internal import GRDB

extension Archive {
    /// Stores memories and, in the same transaction, finishes their episodes. An episode has one memory: the first.
    /// - Parameter memories: at most a hundred or so a call.
    package func storeMemories(
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

    package func storeMemory(
        _ memory: Memory, of episode: EpisodeID, maker: MemoryMaker, nowMilliseconds: Int64
    ) throws(ArchiveError) -> MemoryOutcome {
        let stored = StoredMemory(episode: episode, memory: memory, maker: maker, madeMilliseconds: nowMilliseconds)
        return try storeMemories([stored], nowMilliseconds: nowMilliseconds)[0]
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

    package func memory(of episode: EpisodeID) throws(ArchiveError) -> StoredMemory? {
        try read { database in try Self.memory(of: episode, database) }
    }

    static func memory(of episode: EpisodeID, _ database: Database) throws -> StoredMemory? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM memory WHERE episode = (SELECT number FROM episode WHERE id = ?)")
        guard let row = try Row.fetchOne(statement, arguments: [episode.rawValue]) else { return nil }
        return try StoredMemory(
            episode: episode, memory: Memory(json: row.value("body")),
            maker: MemoryMaker(
                provider: row.value("provider"), model: row.value("model"), tokensIn: row.value("tokens_in"),
                tokensOut: row.value("tokens_out")),
            madeMilliseconds: row.value("made_ms"))
    }

    /// Those of the episodes that have a memory.
    package func memories(of ids: [EpisodeID]) throws(ArchiveError) -> Set<EpisodeID> {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM memory WHERE episode = (SELECT number FROM episode WHERE id = ?)")
            return Set(try ids.filter { try Row.fetchOne(statement, arguments: [$0.rawValue]) != nil })
        }
    }
}
