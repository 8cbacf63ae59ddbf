internal import Domain
internal import GRDB
internal import Transcripts

extension Generation: FetchableRecord {
    init(row: Row) throws {
        guard let session = SessionID(rawValue: row["session"]) else {
            throw VaultError.damaged(segment: "the index", reason: "it names a session that can be none")
        }
        self.init(
            number: row["number"], session: session, name: row["name"], generation: row["generation"],
            end: row["kept_to"],
            tail: row["tail"], path: row["path"], configDirectory: row["config_dir"], cwd: row["cwd"],
            branch: row["branch"],
            commit: row["commit"], host: row["host"], firstMilliseconds: row["first_ms"],
            lastMilliseconds: row["last_ms"])
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
    private init(row: Row, cuts: [KeptBytes.Cut]) {
        let from: Int64 = row["bytes_from"], to: Int64 = row["bytes_to"]
        self.init(
            number: row["number"], owner: row["generation"], range: from..<max(from, to), kept: row["kept"],
            sha256: row["sha256"], tail: row["tail"],
            place: PackFolder.Place(pack: row["pack"], offset: row["offset"], length: row["length"]),
            takenMilliseconds: row["taken_ms"], isSealed: row["is_sealed"], damage: row["damage"], cuts: cuts)
    }

    private static func complete(_ rows: [Row], _ database: Database) throws -> [Segment] {
        try rows.map { row in
            let number: Int64 = row["number"]
            let cuts = try Row.fetchAll(
                database, sql: "SELECT * FROM cut WHERE segment = ? ORDER BY bytes_from", arguments: [number])
            return Segment(row: row, cuts: cuts.map(KeptBytes.Cut.init))
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
    fileprivate init(row: Row) {
        let from: Int64 = row["bytes_from"], to: Int64 = row["bytes_to"]
        self.init(from..<max(from, to), row["reason"], kept: row["kept"])
    }
}
