internal import GRDB
internal import Platform

/// What keeps the chronicle from being written or read.
package enum ChronicleError: Error, Equatable {
    /// Not now: locked, read-only, the disk is full.
    case unavailable(reason: String)
    /// It is no sound SQLite file.
    case damaged(reason: String)
    /// A newer Holdfast made it. Touch nothing.
    case newer(version: Int, known: Int)

    init(_ error: any Error) {
        switch error {
        case let error as ChronicleError: self = error
        case let error as FileError: self = .unavailable(reason: "\(error)")
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(reason: error.message ?? "\(error)")
            default: self = .unavailable(reason: error.message ?? "\(error.resultCode)")
            }
        case let error as RowDecodingError: self = .damaged(reason: "\(error)")
        default: self = .unavailable(reason: "\(error)")
        }
    }
}

extension ChronicleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "the chronicle cannot be used now: \(reason)"
        case .damaged(let reason):
            "the chronicle is damaged: \(reason); the companion moves it aside and begins another"
        case .newer(let version, let known):
            "the chronicle was made by a newer Holdfast (version \(version), this one knows \(known)); update"
        }
    }
}
