internal import Domain
internal import GRDB
internal import Platform

/// What became of this host's promises, for a year: watched figures hour by hour, when its companion was there, what failed
/// and for how long. One SQLite file of the state folder; it holds figures and names, and no word that was said.
package final class Chronicle: Sendable {
    let file: String
    private let database: DatabaseQueue

    /// What is kept, hours: a year and a day.
    package static let hoursKept: Int64 = 366 * 24
    static let hour: Int64 = 3_600_000
    /// Series at most: what more subjects there are, they are not followed. A year of these takes 12 MB.
    static let mostSeries = 48
    /// Incidents, and troubles, at most: the oldest go.
    static let mostIncidents = 5000

    private let identity: FileIdentity?

    private init(file: String, database: DatabaseQueue) {
        self.file = file
        self.database = database
        identity = FileIdentity(file)
    }

    /// Whether its file still lies where it was opened: into one that was deleted nobody ever looks.
    package var isInPlace: Bool { identity != nil && FileIdentity(file) == identity }

    /// Opens it to write, and makes it where there is none. One that is damaged is moved aside: it is a report, and what it
    /// reports on is elsewhere.
    /// - Parameter file: its path.
    package static func open(_ file: String) throws(ChronicleError) -> Chronicle {
        let seen = FileIdentity(file)
        do throws(ChronicleError) {
            return try connect(file)
        } catch {
            guard case .damaged = error else { throw error }
            // Another process that found the same was faster: what it began is not moved aside.
            if let seen, FileIdentity(file) != seen, let other = try? connect(file) { return other }
            return try beginAnew(file)
        }
    }

    /// Moves one that is damaged aside.
    @discardableResult
    package static func beginAnew(_ file: String) throws(ChronicleError) -> Chronicle {
        // Before it is moved: who looks meanwhile finds none, or one without tables, and is to know why.
        try? Files.write("it was damaged, and is begun anew", to: anewMark(file))
        let aside = "\(file).corrupt-\(HostClock.wallMilliseconds)"
        for end in ["", "-wal", "-shm"] where Files.exists(file + end) {
            _ = Files.rename(file + end, to: aside + end)
        }
        return try connect(file)
    }

    private static func anewMark(_ file: String) -> String { file + ".anew" }

    /// Why it was begun anew, until an audit has said so; nil where it was not.
    package static func begunAnew(_ file: String) -> String? { try? Files.read(anewMark(file)) }
    package static func noteHeard(_ file: String) { Files.remove(anewMark(file)) }

    /// Reads all of it.
    /// - Throws: `damaged` where it is not sound.
    package func check() throws(ChronicleError) {
        let found = try read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") ?? "no answer" }
        guard found == "ok" else { throw .damaged(reason: found) }
    }

    /// Opens it for who only looks: makes and mends nothing, and waits for nobody.
    /// - Returns: nil where there is none yet.
    package static func openToRead(_ file: String) throws(ChronicleError) -> Chronicle? {
        guard Files.exists(file) else { return nil }
        do {
            var configuration = Configuration()
            configuration.label = "chronicle, looked at"
            configuration.readonly = true
            configuration.busyMode = .timeout(1)
            let database = try DatabaseQueue(path: file, configuration: configuration)
            // Whoever makes it is about to.
            guard try database.read({ try check($0) }) else { return nil }
            return Chronicle(file: file, database: database)
        } catch {
            throw ChronicleError(error)
        }
    }

    private static func connect(_ file: String) throws(ChronicleError) -> Chronicle {
        do {
            if !Files.exists(file) {
                // The log of one that was deleted fits no other, and says that there was one.
                if Files.exists(file + "-wal") {
                    try? Files.write("it was gone, and is begun anew", to: anewMark(file))
                }
                for end in ["-wal", "-shm"] { Files.remove(file + end) }
                try Files.create(file)
            }
        } catch {
            // Another process was faster.
            guard Files.exists(file) else { throw ChronicleError(error) }
        }
        do {
            // Two that make it at once: a change of one fails where the other has made it meanwhile.
            return try InTurn.run(again: isOfAnother) { try opened(file) }
        } catch {
            throw ChronicleError(error)
        }
    }

    /// A file that is damaged is damaged the next time, too.
    private static func isOfAnother(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT, .SQLITE_ERROR].contains(code)
    }

    private static func opened(_ file: String) throws -> Chronicle {
        var configuration = Configuration()
        configuration.label = "chronicle"
        configuration.busyMode = .timeout(5)
        configuration.journalMode = .wal
        configuration.prepareDatabase { database in
            // A loss of power may cost the last minutes of a report; a sync a minute would cost a disk its sleep.
            try database.execute(
                sql: "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF")
        }
        let database = try DatabaseQueue(path: file, configuration: configuration)
        _ = try database.read { try check($0) }
        try ChronicleSchema.migrator.migrate(database)
        return Chronicle(file: file, database: database)
    }

    /// - Returns: false where nobody has made its tables yet.
    private static func check(_ database: Database) throws -> Bool {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard application == 0 || application == ChronicleSchema.applicationID else {
            throw ChronicleError.unavailable(reason: "its file is another program's; move it away")
        }
        guard version <= ChronicleSchema.version else {
            throw ChronicleError.newer(version: version, known: ChronicleSchema.version)
        }
        return version > 0
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(ChronicleError) -> Value {
        do { return try database.read(body) } catch { throw ChronicleError(error) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(ChronicleError) -> Value {
        do { return try database.write(body) } catch { throw ChronicleError(error) }
    }

    /// Drops what is older than a year, and the oldest of what there is too much of.
    package func prune(now: Int64) throws(ChronicleError) {
        let hour = now / Self.hour - Self.hoursKept, time = hour * Self.hour
        try write { database in
            try database.execute(sql: "DELETE FROM hour WHERE hour < ?", arguments: [hour])
            try database.execute(sql: "DELETE FROM chore WHERE hour < ?", arguments: [hour])
            try database.execute(sql: "DELETE FROM figure WHERE at_ms < ?", arguments: [time])
            try database.execute(sql: "DELETE FROM presence WHERE until_ms < ?", arguments: [time])
            try database.execute(
                sql: "DELETE FROM series WHERE number NOT IN (SELECT series FROM hour UNION SELECT series FROM figure)")
            for table in ["incident", "trouble"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE ended_ms > 0 AND ended_ms < ?", arguments: [time])
                try database.execute(
                    sql: """
                        DELETE FROM \(table) WHERE ended_ms > 0 AND number NOT IN
                            (SELECT number FROM \(table) ORDER BY number DESC LIMIT ?)
                        """, arguments: [Self.mostIncidents])
            }
        }
    }
}
