internal import Domain
internal import GRDB
internal import Transcripts

extension Generation: FetchableRecord {
    init(row: Row) throws {
        guard let session = SessionID(rawValue: try row.decode(forColumn: "session")) else {
            throw VaultError.damaged(segment: VaultError.index, reason: "it names a session that can be none")
        }
        self.init(
            number: try row.decode(forColumn: "number"), session: session, name: try row.decode(forColumn: "name"),
            generation: Int(try row.number("generation")), end: try row.number("kept_to"),
            tail: try row.decode(forColumn: "tail"), path: try row.decode(forColumn: "path"),
            configDirectory: try row.decode(forColumn: "config_dir"), cwd: try row.decode(forColumn: "cwd"),
            branch: try row.decode(forColumn: "branch"), commit: try row.decode(forColumn: "commit"),
            host: try row.decode(forColumn: "host"), firstMilliseconds: try row.number("first_ms"),
            lastMilliseconds: try row.number("last_ms"))
    }

    private static let query = """
        SELECT generation.*, file.session, file.name FROM generation JOIN file ON file.number = generation.file
        """

    /// All that stood under a name, what reaches farthest first.
    static func all(of session: String, name: String, _ database: Database) throws -> [Generation] {
        try fetchAll(
            database, sql: query + " WHERE file.session = ? AND file.name = ? ORDER BY kept_to DESC",
            arguments: [session, name])
    }

    /// All of a session.
    static func all(of session: String, _ database: Database) throws -> [Generation] {
        try fetchAll(database, sql: query + " WHERE file.session = ?", arguments: [session])
    }

    static func one(_ number: Int64, _ database: Database) throws -> Generation? {
        try fetchOne(database, sql: query + " WHERE generation.number = ?", arguments: [number])
    }

    /// Of each file the one that was added to last.
    static func latest(of session: String, _ database: Database) throws -> [Generation] {
        let all = try fetchAll(
            database, sql: query + " WHERE file.session = ? ORDER BY last_ms DESC, kept_to DESC", arguments: [session])
        var names: Set<String> = []
        return all.filter { names.insert($0.name).inserted }.sorted {
            ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name)
        }
    }
}

extension Segment {
    private init(row: Row, cuts: [KeptBytes.Cut]) throws {
        self.init(
            number: try row.decode(forColumn: "number"), owner: try row.decode(forColumn: "generation"),
            range: try row.range, kept: Int(try row.number("kept")), sha256: try row.decode(forColumn: "sha256"),
            tail: try row.decode(forColumn: "tail"),
            place: PackFolder.Place(
                pack: try row.number("pack"), offset: try row.number("offset"), length: try row.number("length")),
            takenMilliseconds: try row.number("taken_ms"), isSealed: try row.decode(forColumn: "is_sealed"),
            damage: try row.decode(forColumn: "damage"), cuts: cuts)
    }

    private static func complete(_ rows: [Row], _ database: Database) throws -> [Segment] {
        try rows.map { row in
            let number: Int64 = try row.decode(forColumn: "number")
            let cuts = try Row.fetchAll(
                database, sql: "SELECT * FROM cut WHERE segment = ? ORDER BY bytes_from", arguments: [number])
            return try Segment(row: row, cuts: try cuts.map(KeptBytes.Cut.init))
        }
    }

    /// Those of a generation, in order.
    static func all(of generation: Int64, _ database: Database) throws -> [Segment] {
        try complete(
            Row.fetchAll(
                database, sql: "SELECT * FROM segment WHERE generation = ? ORDER BY bytes_from", arguments: [generation]
            ),
            database)
    }

    static func last(of generation: Int64, _ database: Database) throws -> Segment? {
        try complete(
            Row.fetchAll(
                database, sql: "SELECT * FROM segment WHERE generation = ? ORDER BY bytes_from DESC LIMIT 1",
                arguments: [generation]), database
        ).first
    }

    /// A page of all, in order of their numbers.
    static func page(after number: Int64, limit: Int, _ database: Database) throws -> [Segment] {
        try complete(
            Row.fetchAll(
                database, sql: "SELECT * FROM segment WHERE number > ? ORDER BY number LIMIT ?",
                arguments: [number, limit]),
            database)
    }

    static func all(in pack: Int64, _ database: Database) throws -> [Segment] {
        try complete(
            Row.fetchAll(database, sql: "SELECT * FROM segment WHERE pack = ? ORDER BY offset", arguments: [pack]),
            database)
    }
}

extension KeptBytes.Cut {
    fileprivate init(row: Row) throws {
        self.init(try row.range, try row.decode(forColumn: "reason"), kept: try row.number("kept"))
    }
}

extension Row {
    /// A number that is reckoned with: positions, lengths, times.
    /// - Throws: `damaged` for one that no writer notes, with which reckoning might overflow.
    func number(_ column: String) throws -> Int64 {
        let number: Int64 = try decode(forColumn: column)
        guard SegmentHead.numbers.contains(number) else {
            throw VaultError.damaged(segment: VaultError.index, reason: "\(column) is \(number)")
        }
        return number
    }

    /// `bytes_from` and `bytes_to`.
    fileprivate var range: Range<Int64> {
        get throws {
            let from = try number("bytes_from")
            return from..<Swift.max(from, try number("bytes_to"))
        }
    }
}
