internal import Glibc
package import Platform

/// What keeps the vault from doing what it was asked, by what the caller can do about it.
package enum VaultError: Error, Equatable {
    /// It cannot be read or written now: locked, read-only, no permission. Try again later, or say so.
    case unavailable(reason: String)
    /// The disk is full. What was begun is undone; it goes on when there is room.
    case full(path: String)
    /// A segment is not what was kept: the pack it lies in, where, and what is wrong.
    case damaged(segment: String, reason: String)
    /// Something is encrypted, or is to be, and the key is not here or another.
    case locked(reason: String)
    /// A newer Holdfast made it. Touch nothing.
    case newer(version: Int, known: Int)
    /// The request cannot be fulfilled as it is.
    case rejected(reason: String)

    package init(_ error: FileError) {
        self = error.isOfFullDisk ? .full(path: error.path) : .unavailable(reason: "\(error)")
    }
}

extension VaultError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "the vault cannot be used now: \(reason)"
        case .full(let path): "the disk of the vault is full (\(path)); nothing is lost, it goes on when there is room"
        case .damaged(let segment, let reason): "\(segment) of the vault is damaged: \(reason)"
        case .locked(let reason): "the vault lacks its key: \(reason)"
        case .newer(let version, let known):
            "the vault was made by a newer Holdfast (version \(version), this one knows \(known)); update"
        case .rejected(let reason): reason
        }
    }
}
