internal import Domain
internal import GRDB

/// Memories and their checksums. A memory costs money: one that a disk altered is kept and known as such, and a copy that
/// is whole, of an export or of a file that was moved aside, takes its place.
extension SQLiteArchive {
    static func insert(_ stored: StoredMemory, _ database: Database) throws -> MemoryOutcome {
        let find = try database.cachedStatement(
            sql: "SELECT number, dispatch_key, outcome, filter FROM episode WHERE id = ?")
        guard let row = try Row.fetchOne(find, arguments: [stored.episode.rawValue]) else { return .noSuchEpisode }
        let outcome: String? = try row.value("outcome")
        guard outcome != Place.Outcome.discarded.rawValue else { return .unwanted }
        let number: Int64 = try row.value("number")
        let json = try stored.memory.json(), text = stored.memory.text
        if let known = try memory(of: stored.episode, numbered: number, database) {
            // A session's summary goes on with the session; it may come from elsewhere, too.
            let isSummary = try row.value("filter") as String == StoredEpisode.summaryMark
            if isSummary, !stored.isAltered, stored.madeMilliseconds > known.madeMilliseconds {
                try replace(stored, numbered: number, database)
                return .stored
            }
            guard known.isAltered, !stored.isAltered else { return .alreadyThere }
            // The index was made of the right words.
            try database.execute(
                sql: "UPDATE memory SET body = ?, text = ? WHERE episode = ?", arguments: [json, text, number])
            try MemorySum.note(json, isAltered: false, of: number, database)
            return .stored
        }
        let scope = SearchScope.words(forKey: try row.value("dispatch_key"))
        let maker = stored.maker
        try database.cachedStatement(sql: "INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [
                number, json, text, scope, maker.provider, maker.model, maker.tokensIn, maker.tokensOut,
                stored.madeMilliseconds,
            ])
        try database.cachedStatement(sql: "INSERT INTO memory_words (rowid, text, scope) VALUES (?, ?, ?)")
            .execute(arguments: [number, text, scope])
        try MemorySum.note(json, isAltered: stored.isAltered, of: number, database)
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
        let body: String = try row.value("body"), text: String = try row.value("text")
        // What is no JSON any more was told to the index, too, and stands beside it.
        let memory = try? Memory(json: body)
        var stored = try StoredMemory(
            episode: episode, memory: memory ?? Memory(text: text),
            maker: MemoryMaker(
                provider: row.value("provider"), model: row.value("model"), tokensIn: row.value("tokens_in"),
                tokensOut: row.value("tokens_out")),
            madeMilliseconds: row.value("made_ms"))
        // Where the sums themselves are what is damaged, the memory is saved all the same.
        let sum = (try? MemorySum(of: number, database)) ?? nil
        stored.isAltered = memory == nil || sum?.holds(body) == false
        return stored
    }

    func memories(of ids: [EpisodeID]) throws(ArchiveError) -> Set<EpisodeID> {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM memory WHERE episode = (SELECT number FROM episode WHERE id = ?)")
            return Set(try ids.filter { try Row.fetchOne(statement, arguments: [$0.rawValue]) != nil })
        }
    }
}

/// What the body of a memory was when it was stored, and whether it is known not to be that any more.
struct MemorySum {
    let sha256: String
    let isAltered: Bool

    /// - Returns: nil where none was noted: by earlier versions, whose archives may not have the table yet.
    init?(of number: Int64, _ database: Database) throws {
        guard try Self.areKept(database) else { return nil }
        let statement = try database.cachedStatement(sql: "SELECT * FROM memory_sum WHERE episode = ?")
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { return nil }
        sha256 = try row.value("sha256")
        isAltered = try row.value("altered")
    }

    func holds(_ body: String) -> Bool { !isAltered && Arrival.checksum(of: body) == sha256 }

    static func areKept(_ database: Database) throws -> Bool { try database.tableExists("memory_sum") }

    static func note(_ body: String, isAltered: Bool, of number: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO memory_sum VALUES (?, ?, ?)")
            .execute(arguments: [number, Arrival.checksum(of: body), isAltered])
    }
}

/// What a look at a memory's checksum found, where something is to be done.
enum MemoryFinding {
    /// It has no checksum yet: what is there now is taken for what was stored.
    case new(body: String)
    /// It is not what was stored, and nobody has noticed.
    case altered
    /// What the index shows of it is not what it says.
    case otherText(String)

    init?(of number: Int64, _ database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT body, text FROM memory WHERE episode = ?")
        guard let row = try Row.fetchOne(find, arguments: [number]) else { return nil }
        let body: String = try row.value(0), text: String = try row.value(1)
        let memory = try? Memory(json: body)
        guard let sum = try MemorySum(of: number, database) else {
            self = memory == nil ? .altered : .new(body: body)
            return
        }
        guard !sum.isAltered else { return nil }
        guard let memory, sum.holds(body) else {
            self = .altered
            return
        }
        guard memory.text != text else { return nil }
        self = .otherText(memory.text)
    }

    func note(of number: Int64, _ database: Database) throws {
        switch self {
        case .new(let body): try MemorySum.note(body, isAltered: false, of: number, database)
        case .altered:
            try database.execute(
                sql: """
                    INSERT INTO memory_sum VALUES (?, '', 1) ON CONFLICT (episode) DO UPDATE SET altered = 1
                    """, arguments: [number])
        case .otherText(let text):
            try database.execute(sql: "UPDATE memory SET text = ? WHERE episode = ?", arguments: [text, number])
        }
    }
}
