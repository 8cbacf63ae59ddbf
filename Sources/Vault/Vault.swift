internal import GRDB
internal import Glibc
internal import Platform

/// What clients wrote of sessions, byte for byte: packs of compressed segments and an index of them, in one folder of one
/// host. Any process reads; who writes holds the folder's lock.
package final class Vault: Sendable {
    package let folder: String
    let packs: PackFolder
    let index: DatabaseQueue
    let seal: Seal?
    /// Why there is no seal though there is to be one. Nothing is written then, and what is not encrypted can be read.
    let keyFault: VaultError?
    /// The file that the index is in: another may be put in its place.
    private let inode: FileIdentity?

    private init(folder: String, _ key: Key) throws(VaultError) {
        self.folder = folder
        packs = PackFolder(path: folder + "/packs")
        let file = Self.indexFile(folder)
        try Self.create(file)
        inode = FileIdentity(file)
        index = try Self.connect(file)
        seal = key.seal
        keyFault = key.fault
    }

    /// What new segments are encrypted with, and old ones opened.
    struct Key {
        var seal: Seal?
        var fault: VaultError?
    }

    static func indexFile(_ folder: String) -> String { folder + "/index.sqlite" }
    /// There while somebody found the index damaged, and nobody has made it anew.
    private static func damageMark(_ folder: String) -> String { folder + "/index.damaged" }

    /// Opens the vault, and makes it where there is none. An index that is gone, damaged or half made is made anew from the
    /// packs: by one process, and before anybody else may write.
    /// - Parameter seal: with which new segments are encrypted, and old ones opened.
    package static func open(_ folder: String, seal: Seal? = nil) throws(VaultError) -> Vault {
        try open(folder, Key(seal: seal))
    }

    static func open(_ folder: String, _ key: Key) throws(VaultError) -> Vault {
        for part in [folder, folder + "/packs"] { try disk { () throws(FileError) in try Files.makeFolder(part) } }
        if let vault = try openWhole(folder, key) { return vault }
        let lock = try takeLock(folder)
        defer { withExtendedLifetime(lock) {} }
        // Whoever had the lock before may have seen to it.
        if let vault = try openWhole(folder, key) { return vault }
        return try openAnew(folder, key)
    }

    /// - Returns: nil where the index is not what it has to be.
    private static func openWhole(_ folder: String, _ key: Key) throws(VaultError) -> Vault? {
        guard !Files.exists(damageMark(folder)) else { return nil }
        do throws(VaultError) {
            let vault = try Vault(folder: folder, key)
            return try vault.isIndexWhole() ? vault : nil
        } catch {
            guard case .damaged = error else { throw error }
            return nil
        }
    }

    /// - Returns: nil when there is no vault. None is made.
    static func openIfThere(_ folder: String, _ key: Key) throws(VaultError) -> Vault? {
        // A capturer makes the folder when it hands something over.
        Files.exists(folder) ? try open(folder, key) : nil
    }

    /// All that the index said is read from the packs. One that is no database, or no sound one, is moved aside.
    private static func openAnew(_ folder: String, _ key: Key) throws(VaultError) -> Vault {
        let mark = damageMark(folder)
        do throws(VaultError) {
            if !Files.exists(mark) {
                let vault = try Vault(folder: folder, key)
                // Said before it is whole: who opens it in the next moment is to know.
                let packs = try disk { () throws(FileError) in try vault.packs.packs() }
                if !packs.isEmpty {
                    try? Files.write("its index was gone, and is made anew from the packs", to: remadeMark(folder))
                }
                try vault.rebuildIndex()
                return vault
            }
        } catch {
            guard case .damaged = error else { throw error }
        }
        let file = indexFile(folder), aside = "\(file).corrupt-\(HostClock.wallMilliseconds)"
        for end in ["", "-wal", "-shm"] where Files.exists(file + end) { _ = Files.rename(file + end, to: aside + end) }
        try? Files.write("its index was damaged, and is made anew from the packs", to: remadeMark(folder))
        let vault = try Vault(folder: folder, key)
        try vault.rebuildIndex()
        Files.remove(mark)
        return vault
    }

    private static func remadeMark(_ folder: String) -> String { folder + "/index.remade" }

    /// Why the index was made anew, until somebody has heard of it; nil where it was not.
    package var remade: String? { try? Files.read(Self.remadeMark(folder)) }
    package func noteHeardOfRemaking() { Files.remove(Self.remadeMark(folder)) }

    /// Has the next one who opens the vault make its index anew.
    func markIndexDamaged() { try? Files.create(Self.damageMark(folder)) }

    private static func create(_ file: String) throws(VaultError) {
        do throws(FileError) {
            if !Files.exists(file) { try Files.create(file) }
        } catch {
            // Another process was faster.
            guard error.number == EEXIST else { throw VaultError(error) }
        }
    }

    private static func connect(_ file: String) throws(VaultError) -> DatabaseQueue {
        do {
            // Two that make it at once: a change of one fails where the other has made it meanwhile.
            return try InTurn.run(again: isOfAnother) { try connected(file) }
        } catch {
            throw VaultError(error)
        }
    }

    /// A file that is damaged is damaged the next time, too.
    private static func isOfAnother(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT, .SQLITE_ERROR].contains(code)
    }

    private static func connected(_ file: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "vault"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.journalMode = .wal
        configuration.prepareDatabase { database in
            // What the index notes is on the disk before a segment counts as kept.
            try database.execute(
                sql: """
                    PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
                    PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0
                    """)
        }
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        try queue.read { database in
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            guard application == 0 || application == VaultSchema.applicationID else {
                throw VaultError.rejected(reason: "\(file) is another program's; move it away")
            }
            guard version <= VaultSchema.version else {
                throw VaultError.newer(version: version, known: VaultSchema.version)
            }
        }
        try VaultSchema.migrator.migrate(queue)
        return queue
    }

    // MARK: - One who writes

    /// How long a writer waits for another.
    private static let patience: Duration = .seconds(30)

    /// Runs `body` while no other process writes, and when what one that was killed left is seen to. Not to be nested.
    func locked<Value>(_ body: () throws(VaultError) -> Value) throws(VaultError) -> Value {
        let lock = try Self.takeLock(folder)
        defer { withExtendedLifetime(lock) {} }
        guard inode == FileIdentity(Self.indexFile(folder)) else {
            // What this one noted nobody would ever read.
            throw .unavailable(reason: "its index was made anew meanwhile; try again")
        }
        try settle()
        return try body()
    }

    private struct Lock: ~Copyable {
        let file: FileLock
    }

    private static func takeLock(_ folder: String) throws(VaultError) -> Lock {
        let watch = Stopwatch(limit: patience)
        do throws(FileError) {
            repeat {
                if let file = try FileLock.take(folder + "/lock") { return Lock(file: file) }
                usleep(5000)
            } while !watch.isOver
        } catch {
            throw VaultError(error)
        }
        throw .unavailable(reason: "another process has been writing for 30 s")
    }

    // MARK: - The index

    func read<Value>(_ body: (Database) throws -> Value) throws(VaultError) -> Value {
        do { return try index.read(body) } catch { throw found(error) }
    }

    /// All of it, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(VaultError) -> Value {
        do { return try index.write(body) } catch { throw found(error) }
    }

    private func found(_ error: any Error) -> VaultError {
        let error = VaultError(error)
        if case .damaged(VaultError.index, _) = error { markIndexDamaged() }
        return error
    }
}

/// What a call to the file system had against it, as the vault's own.
func disk<Value>(_ body: () throws(FileError) -> Value) throws(VaultError) -> Value {
    do throws(FileError) { return try body() } catch { throw VaultError(error) }
}

extension VaultError {
    /// What a damaged index is called.
    package static let index = "the index"

    /// What SQLite, or a call inside of a transaction, had against it.
    init(_ error: any Error) {
        switch error {
        case let error as VaultError: self = error
        case let error as FileError: self = VaultError(error)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                self = .damaged(segment: Self.index, reason: error.message ?? "\(error)")
            case .SQLITE_FULL: self = .full(path: Self.index)
            default: self = .unavailable(reason: error.message ?? "\(error.resultCode)")
            }
        // A field holds what no writer put there.
        case let error as RowDecodingError: self = .damaged(segment: Self.index, reason: "\(error)")
        default: self = .unavailable(reason: "\(error)")
        }
    }
}
