internal import Glibc

/// A file as its file system knows it: another under the same name is another.
package struct FileIdentity: Sendable, Equatable {
    private let device: dev_t
    private let number: ino_t

    /// - Returns: nil where there is none, or it cannot be told.
    package init?(_ path: String) {
        guard let status = try? Files.status(path) else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
