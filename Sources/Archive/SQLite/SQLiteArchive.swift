internal import Domain
internal import GRDB
internal import Platform
internal import Synchronization

/// An archive in one SQLite file, by GRDB.
final class SQLiteArchive: EpisodeArchive {
    let id: String
    let database: any DatabaseWriter
    private let path: String
    /// The file as the file system knew it when it was opened.
    private let identity: FileIdentity?
    private let log = Mutex(FileIdentity?.none)
    /// What became of memories, for who keeps their titles.
    let memoryChanges = MemoryChanges()

    private init(id: String, database: any DatabaseWriter, path: String) {
        self.id = id
        self.database = database
        self.path = path
        identity = FileIdentity(path)
        database.add(transactionObserver: memoryChanges, extent: .databaseLifetime)
    }

    var isInPlace: Bool { identity != nil && FileIdentity(path) == identity && isLogInPlace }

    /// Its log holds what was written last: without it nobody else can read the file. It comes with the first that is written.
    private var isLogInPlace: Bool {
        let now = FileIdentity(path + "-wal")
        return log.withLock { known in
            if known == nil { known = now }
            return known == now
        }
    }

    /// Opens the archive for its owner; makes file and folder where there are none.
    /// - Parameter id: of a file that is made now; random if nil. A file that exists keeps its own.
    static func open(path: String, id: String? = nil) throws(ArchiveError) -> SQLiteArchive {
        if let id, !isID(id) { throw .rejected(reason: "an archive id has 16 hexadecimal digits, not '\(id)'") }
        let file = ArchiveFile(path: path)
        try file.makeFolder()
        try file.checkFileSystem()
        try file.prepare()
        do {
            // Two that make it at once: a change of one fails where the other has made it meanwhile.
            return try InTurn.run(again: isOfAnother) { try opened(path: path, id: id) }
        } catch {
            throw ArchiveError(error)
        }
    }

    /// A file that is damaged is damaged the next time, too.
    private static func isOfAnother(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT, .SQLITE_ERROR].contains(code)
    }

    private static func opened(path: String, id: String?) throws -> SQLiteArchive {
        let pool = try DatabasePool(path: path, configuration: configuration(readonly: false))
        try pool.writeWithoutTransaction { database in
            // GRDB has set it to NORMAL for the sake of the log.
            try database.execute(sql: syncing)
            _ = try checkSchema(database)
        }
        try SQLiteSchema.migrator(id: id ?? randomID()).migrate(pool)
        let stored = try pool.read { database in try storedID(database) }
        return SQLiteArchive(id: stored, database: pool, path: path)
    }

    /// Opens the archive for someone who only reads, beside its owner or without one.
    /// - Returns: nil when there is no archive yet. No file is made.
    static func openReadOnly(path: String) throws(ArchiveError) -> SQLiteArchive? {
        let file = ArchiveFile(path: path)
        guard try file.exists() else { return nil }
        try file.checkFileSystem()
        do {
            // Without a log nobody writes, and SQLite would make one to look for readers' marks.
            let name = try file.hasLog() ? path : file.immutableName
            let queue = try DatabaseQueue(path: name, configuration: configuration(readonly: true))
            let stored = try queue.read { database in
                try checkSchema(database) == 0 ? nil : try storedID(database)
            }
            guard let stored else { return nil }
            return SQLiteArchive(id: stored, database: queue, path: path)
        } catch {
            throw ArchiveError(error)
        }
    }

    /// Each commit is on the disk before it returns: Redis lets go of what the archive has noted, and what is not synced is
    /// gone with the power. So whoever writes much does it in few transactions.
    private static let syncing = "PRAGMA synchronous = FULL"

    static func configuration(readonly: Bool) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "archive"
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { database in
            // KB if negative: what one page of episodes writes, or it is written twice. Given back by `tidy`.
            try database.execute(sql: "PRAGMA cache_size = -\(readonly ? 2000 : 8000)")
            try database.execute(sql: "PRAGMA mmap_size = 0")
            // Sorted text never lies in a temporary file.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            if !readonly {
                try database.execute(sql: syncing)
                // Pages of 4 KB. A page of the index is written by many commits, and into the file once for each time.
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
                try database.execute(sql: "PRAGMA journal_size_limit = \(16 << 20)")
            }
        }
        return configuration
    }

    /// - Returns: the schema's version; 0 for an empty file.
    private static func checkSchema(_ database: Database) throws -> Int {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let tables =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM sqlite_schema
                    WHERE name <> 'grdb_migrations' AND name NOT LIKE 'sqlite_%'
                    """) ?? 0
        // One that is being made, or whose maker was killed at it, has the list of migrations and nothing else.
        guard tables > 0 || application != 0 || version != 0 else { return 0 }
        guard application == SQLiteSchema.applicationID else {
            throw ArchiveError.rejected(reason: "the file is another program's SQLite file; set archive.path elsewhere")
        }
        guard version <= SQLiteSchema.version else {
            throw ArchiveError.newer(schemaVersion: version, known: SQLiteSchema.version)
        }
        return version
    }

    private static func storedID(_ database: Database) throws -> String {
        guard let id = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'archive_id'"), isID(id)
        else { throw ArchiveError.corrupt(reason: "it has no id") }
        return id
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 16 && text.allSatisfy { $0.isHexDigit }
    }

    static func randomID() -> String {
        String(UInt64.random(in: .min ... .max), digits: 16, radix: 16)
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(ArchiveError) -> Value {
        do { return try database.read(body) } catch { throw ArchiveError(error) }
    }

    /// Runs `body` in a transaction: all of it, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(ArchiveError) -> Value {
        do { return try database.write(body) } catch { throw ArchiveError(error) }
    }
}

// MARK: - Whose it is

extension SQLiteArchive {
    func episodeCount() throws(ArchiveError) -> Int64 {
        // Numbers are given without gaps and never taken back.
        try read { database in try Int64.fetchOne(database, sql: "SELECT max(number) FROM episode") ?? 0 }
    }

    func hasServed(_ pool: String) throws(ArchiveError) -> Bool {
        try read { database in
            try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = ?", arguments: ["pool:" + pool])
                != nil
        }
    }

    func noteServing(_ pool: String, nowMilliseconds: Int64) throws(ArchiveError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta VALUES (?, ?)", arguments: ["pool:" + pool, "\(nowMilliseconds)"])
        }
    }
}

// MARK: - Care

extension SQLiteArchive {
    func check() throws(ArchiveError) {
        let found = try read { database in try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer" }
        guard found == "ok" else { throw .corrupt(reason: found) }
        let stray = try strayRows()
        guard stray == 0 else {
            throw .corrupt(
                reason: "\(counted(stray, "row")) of it \(stray == 1 ? "names" : "name") others that are not there")
        }
    }

    func checkSearch() throws(ArchiveError) {
        do {
            // It is asked by a command of its own, which a connection for readers does not take.
            let queue = try DatabaseQueue(path: path, configuration: Self.configuration(readonly: false))
            defer { try? queue.close() }
            try queue.writeWithoutTransaction { database in
                for index in ["conversation_words", "memory_words"] {
                    try database.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('integrity-check')")
                }
            }
        } catch {
            let error = ArchiveError(error)
            guard case .corrupt = error else { throw error }
            throw .corrupt(reason: "the index for searching is not that of its words")
        }
    }

    func memoryIsMissing(_ row: Row, _ database: Database) throws -> Bool {
        guard try row.value("outcome") as String? == Place.Outcome.memory.rawValue else { return false }
        let find = try database.cachedStatement(sql: "SELECT 1 FROM memory WHERE episode = ?")
        return try Row.fetchOne(find, arguments: [try row.value("number") as Int64]) == nil
    }

    /// Writes the log into the file and empties it, unless someone reads in it.
    func tidy() throws(ArchiveError) {
        do {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA shrink_memory")
                _ = try database.checkpoint(.truncate)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader is in it: the next one does it.
        } catch {
            throw ArchiveError(error)
        }
    }

    /// Copies all there is into a file that does not exist yet, by the connection that writes: others would open what lies at
    /// the path.
    func copy(to path: String) throws(ArchiveError) {
        do {
            let copy = try DatabaseQueue(path: path, configuration: Self.configuration(readonly: false))
            try database.writeWithoutTransaction { source in
                try copy.writeWithoutTransaction { try source.backup(to: $0) }
            }
            try copy.close()
        } catch {
            throw ArchiveError(error)
        }
    }

    /// The same by one that only reads, beside who writes.
    func backUp(to path: String) throws(ArchiveError) {
        do {
            let copy = try DatabaseQueue(path: path, configuration: Self.configuration(readonly: false))
            try database.backup(to: copy)
            try copy.close()
        } catch {
            throw ArchiveError(error)
        }
    }

    func close() throws(ArchiveError) {
        do { try database.close() } catch { throw ArchiveError(error) }
    }
}
