internal import GRDB

/// What keeps the archive from doing what it was asked, by what the caller can do about it.
package enum ArchiveError: Error, Equatable {
    /// The file cannot be read or written now: locked, read-only, no permission. Try again later, or say so.
    case unavailable(reason: String)
    /// The disk is full. What was begun is undone; it goes on when there is room.
    case full
    /// The file is damaged: move it aside, make a new one, salvage what can be read.
    case corrupt(reason: String)
    /// A newer Holdfast made the file. Touch nothing.
    case newer(schemaVersion: Int)
    /// SQLite's write-ahead log needs memory that all readers share, which no network file system gives.
    case onNetworkFileSystem(path: String)
    /// The request cannot be fulfilled as it is.
    case rejected(reason: String)
}

extension ArchiveError {
    init(_ error: any Error) {
        switch error {
        case let error as ArchiveError: self = error
        case let error as DatabaseError: self.init(error)
        case is RowDecodingError: self = .corrupt(reason: "a row holds what it cannot hold")
        default: self = .rejected(reason: "\(error)")
        }
    }

    private init(_ error: DatabaseError) {
        // The statement stays out of it: it may hold text of a conversation.
        let reason = "\(error.message ?? "SQLite error") (\(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: self = .corrupt(reason: reason)
        case .SQLITE_IOERR:
            switch error.extendedResultCode {
            // The log's index could not grow: the disk is full.
            case .SQLITE_IOERR_SHMSIZE: self = .full
            case .SQLITE_IOERR_SHORT_READ: self = .corrupt(reason: reason)
            default: self = .unavailable(reason: reason)
            }
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN,
            .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            self = .unavailable(reason: reason)
        default: self = .rejected(reason: reason)
        }
    }
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "the archive cannot be used now: \(reason)"
        case .full: "the archive's disk is full; nothing is lost, it goes on when there is room"
        case .corrupt(let reason): "the archive is damaged: \(reason)"
        case .newer(let version):
            "the archive was made by a newer Holdfast (schema \(version), this one knows \(Schema.version)); update"
        case .onNetworkFileSystem(let path):
            "\(path) is on a network file system, where SQLite cannot share its log; set archive.path to a local disk"
        case .rejected(let reason): reason
        }
    }
}
