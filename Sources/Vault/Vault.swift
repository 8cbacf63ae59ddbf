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
    private let mark: IndexMark?

    private init(folder: String, index: DatabaseQueue, seal: Seal?) {
        self.folder = folder
        mark = IndexMark(folder)
        packs = PackFolder(path: folder + "/packs")
        self.index = index
        self.seal = seal
    }

    static func indexFile(_ folder: String) -> String { folder + "/index.sqlite" }

    /// Opens the vault, and makes it where there is none. An index that is gone or damaged is made anew from the packs.
    /// - Parameter seal: with which new segments are encrypted, and old ones opened.
    package static func open(_ folder: String, seal: Seal? = nil) throws(VaultError) -> Vault {
        for part in [folder, folder + "/packs"] { try disk { () throws(FileError) in try Files.makeFolder(part) } }
        do throws(VaultError) {
            let vault = Vault(folder: folder, index: try connect(indexFile(folder)), seal: seal)
            try vault.completeIndex()
            return vault
        } catch {
            guard case .damaged = error else { throw error }
            return try openAnew(folder, seal)
        }
    }

    /// - Returns: nil when there is no vault. None is made.
    package static func openIfThere(_ folder: String, seal: Seal? = nil) throws(VaultError) -> Vault? {
        // A capturer makes the folder when it hands something over.
        Files.exists(folder) ? try open(folder, seal: seal) : nil
    }

    /// The index is no database: it is moved aside, and all that it said is read from the packs.
    private static func openAnew(_ folder: String, _ seal: Seal?) throws(VaultError) -> Vault {
        let file = indexFile(folder), aside = "\(file).corrupt-\(HostClock.wallMilliseconds)"
        for end in ["", "-wal", "-shm"] where Files.exists(file + end) { _ = Files.rename(file + end, to: aside + end) }
        let vault = Vault(folder: folder, index: try connect(file), seal: seal)
        try vault.completeIndex()
        return vault
    }

    /// Who was killed while it read the packs left an index of some of them, by which the next would write over the others.
    private func completeIndex() throws(VaultError) {
        if try isIndexComplete() { return }
        try locked { () throws(VaultError) in
            // Another process may have done it meanwhile.
            if try !isIndexComplete() { try rebuildIndex() }
        }
    }

    private static func connect(_ file: String) throws(VaultError) -> DatabaseQueue {
        do throws(FileError) {
            if !Files.exists(file) { try Files.create(file) }
        } catch {
            // Another process was faster.
            guard error.number == EEXIST else { throw VaultError(error) }
        }
        do {
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
        } catch {
            throw VaultError(error)
        }
    }

    // MARK: - One who writes

    /// How long a writer waits for another.
    private static let patience: Duration = .seconds(30)

    /// Runs `body` while no other process writes. Not to be nested.
    func locked<Value>(_ body: () throws(VaultError) -> Value) throws(VaultError) -> Value {
        let lock = try takeLock()
        defer { withExtendedLifetime(lock) {} }
        // By an index that was moved aside one would write over what the new one knows.
        guard mark != nil, IndexMark(folder) == mark else {
            throw .unavailable(reason: "its index was made anew by another process; try again")
        }
        return try body()
    }

    /// Which file the index is.
    private struct IndexMark: Equatable {
        let device: UInt64
        let inode: UInt64

        /// - Returns: nil where there is none.
        init?(_ folder: String) {
            guard let status = try? Files.status(Vault.indexFile(folder)) else { return nil }
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    private struct Lock: ~Copyable {
        let file: FileLock
    }

    private func takeLock() throws(VaultError) -> Lock {
        let watch = Stopwatch(limit: Self.patience)
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
        do { return try index.read(body) } catch { throw VaultError(error) }
    }

    /// All of it, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(VaultError) -> Value {
        do { return try index.write(body) } catch { throw VaultError(error) }
    }
}

/// What a call to the file system had against it, as the vault's own.
func disk<Value>(_ body: () throws(FileError) -> Value) throws(VaultError) -> Value {
    do throws(FileError) { return try body() } catch { throw VaultError(error) }
}

extension VaultError {
    /// What SQLite, or a call inside of a transaction, had against it.
    init(_ error: any Error) {
        switch error {
        case let error as VaultError: self = error
        case let error as FileError: self = VaultError(error)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                self = .damaged(segment: "the index", reason: error.message ?? "\(error)")
            case .SQLITE_FULL: self = .full(path: "the index")
            default: self = .unavailable(reason: error.message ?? "\(error.resultCode)")
            }
        default: self = .unavailable(reason: "\(error)")
        }
    }
}
