internal import Domain
internal import GRDB

/// Whether words and memories are still those that were captured and made. A disk may alter a letter and say nothing.
extension SQLiteArchive {
    func work(on id: EpisodeID) throws(ArchiveError) -> EpisodeWork {
        let found = try read { database -> (work: EpisodeWork, number: Int64)? in
            let find = try database.cachedStatement(sql: "SELECT * FROM episode WHERE id = ?")
            guard let row = try Row.fetchOne(find, arguments: [id.rawValue]) else { return nil }
            return (try Self.work(row, database), try row.value("number"))
        }
        guard let found else { return .unknown }
        if found.work == .damaged { try mark([found.number]) }
        return found.work
    }

    private static func work(_ row: Row, _ database: Database) throws -> EpisodeWork {
        guard let place = try Place(place: row.value("place"), outcome: row.value("outcome")) else {
            throw ArchiveError.corrupt(reason: "an episode is nowhere")
        }
        switch place {
        case .finished(.raw) where try row.value("needs_reprocessing") == true: break
        // Who leases one that is given up was asked to by a person.
        case .finished(.dead), .queued, .backlog: break
        case .finished(let outcome): return .finished(outcome)
        }
        let content = try EpisodeContent(of: try row.value("number"), database)
        if try SumState(row, content) == .differs { return .damaged }
        let new = content.lines.filter(\.isNew).compactMap(\.entry)
        return new.isEmpty ? .finished(.duplicate) : .entries(new.map(\.json).joined(separator: "\n"))
    }

    func checkSums(after: EpisodeID?, limit: Int) throws(ArchiveError) -> SumCheck {
        let found = try read { try Self.found(Self.page(after: after, limit: limit, $0), $0) }
        var check = try note(found)
        check.last = found.last?.id
        return check
    }

    func checkSums(of ids: [EpisodeID]) throws(ArchiveError) -> SumCheck {
        try note(
            try read { database in
                let find = try database.cachedStatement(sql: "SELECT * FROM episode WHERE id = ?")
                return try Self.found(ids.compactMap { try Row.fetchOne(find, arguments: [$0.rawValue]) }, database)
            })
    }

    func sums(after: EpisodeID?, limit: Int) throws(ArchiveError) -> SumLook {
        try read { database in
            let rows = try Self.page(after: after, limit: limit, database)
            var look = SumLook()
            look.looked = rows.count
            for (row, found) in zip(rows, try Self.found(rows, database)) {
                look.bytes += Int64(found.size)
                guard let id = found.id else { continue }
                look.last = id
                let damage: String = try row.value("damage"), discarded: Int64? = try row.value("discarded_ms")
                let isKnown = discarded == nil && Arrival.Damage(rawValue: damage).map { $0 != .line } ?? false
                if found.state == .differs || found.state == .known && isKnown { look.damaged.append(id) }
                let isAltered = try MemorySum(of: found.number, database)?.isAltered ?? false
                if isAltered { look.alteredMemories.append(id) }
                if case .altered? = found.memory { look.alteredMemories.append(id) }
                if try memoryIsMissing(row, database) { look.alteredMemories.append(id) }
            }
            return look
        }
    }

    /// Marks an episode whose words are not what was captured.
    static func markIfDamaged(_ id: EpisodeID, _ database: Database) throws {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM episode WHERE id = ?", arguments: [id.rawValue])
        guard let row else { return }
        let number: Int64 = try row.value("number")
        guard try SumState(row, EpisodeContent(of: number, database)) == .differs else { return }
        try database.execute(
            sql: "UPDATE episode SET damage = ? WHERE number = ?",
            arguments: [Arrival.Damage.checksum.rawValue, number])
    }

    func strayRows() throws(ArchiveError) -> Int {
        try read { database in
            // A sum without its memory says that there was one: that is told of the memory.
            try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").count { $0["table"] != "memory_sum" }
        }
    }

    private struct Found {
        var id: EpisodeID?
        var number: Int64
        var state: SumState
        var memory: MemoryFinding?
        /// Of its words, bytes.
        var size: Int
    }

    private static func page(after: EpisodeID?, limit: Int, _ database: Database) throws -> [Row] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT * FROM episode WHERE number > coalesce((SELECT number FROM episode WHERE id = ?), 0)
                ORDER BY number LIMIT ?
                """, arguments: [after?.rawValue, max(0, limit)])
    }

    private static func found(_ rows: [Row], _ database: Database) throws -> [Found] {
        try rows.map { row in
            let number: Int64 = try row.value("number"), content = try EpisodeContent(of: number, database)
            return Found(
                id: EpisodeID(rawValue: try row.value("id")), number: number, state: try SumState(row, content),
                memory: try MemoryFinding(of: number, database), size: content.text.utf8.count)
        }
    }

    /// Marks what is not as it was, and what is again.
    private func note(_ found: [Found]) throws(ArchiveError) -> SumCheck {
        var check = SumCheck()
        check.looked = found.count
        let damaged = found.filter { $0.state == .differs }
        check.damaged = damaged.compactMap(\.id)
        if !damaged.isEmpty { try mark(damaged.map(\.number)) }
        let mended = found.filter { $0.state == .mended }
        if !mended.isEmpty { try mark(mended.map(\.number), as: "") }
        let memories = found.compactMap { found in found.memory.map { (id: found.id, number: found.number, memory: $0) }
        }
        check.alteredMemories = memories.compactMap { if case .altered = $0.memory { $0.id } else { nil } }
        if !memories.isEmpty {
            try write { database in
                for found in memories { try found.memory.note(of: found.number, database) }
            }
        }
        return check
    }

    private func mark(
        _ numbers: [Int64], as damage: String = Arrival.Damage.checksum.rawValue
    ) throws(ArchiveError) {
        try write { database in
            let statement = try database.cachedStatement(sql: "UPDATE episode SET damage = ? WHERE number = ?")
            for number in numbers { try statement.execute(arguments: [damage, number]) }
        }
    }
}

/// Whether the words of an episode are those that were captured.
enum SumState {
    case same
    case differs
    /// It is known that they are not, or there are none.
    case known
    /// They were not: the same words came in with another episode, and mended the rows that both have.
    case mended

    init(_ row: Row, _ content: EpisodeContent) throws {
        let discarded: Int64? = try row.value("discarded_ms"), outcome: String? = try row.value("outcome")
        let damage = Arrival.Damage(rawValue: try row.value("damage"))
        guard discarded == nil, outcome != Place.Outcome.discarded.rawValue, damage != .lost else {
            self = .known
            return
        }
        let isSame = Arrival.checksum(of: content.text) == (try row.value("sha256") as String)
        self = damage == .checksum ? isSame ? .mended : .known : isSame ? .same : .differs
    }
}
