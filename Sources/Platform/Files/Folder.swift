internal import CPlatform
package import Glibc

/// An open folder in which names are looked up. Whatever is put in place of a folder above it meanwhile, it stays this
/// one, and of what is in it no link is followed.
package final class Folder {
    private let descriptor: Int32
    /// By which it was opened.
    package let path: String

    private init(_ descriptor: Int32, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

    /// Opens a folder, by a link too.
    package convenience init(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, Self.flags)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        self.init(descriptor, path)
    }

    /// Opens one in it. - Throws: `ENOTDIR` or `ELOOP` where that is a link or no folder.
    package func folder(_ name: String) throws(FileError) -> Folder {
        let inner = unsafe openat(descriptor, name, Self.flags | O_NOFOLLOW)
        guard inner >= 0 else { throw error(name) }
        return Folder(inner, path(of: name))
    }

    /// Makes one with the mode that the umask leaves, unlike ours (`Files.makeFolder`).
    /// - Returns: false where something of that name is there.
    package func makeFolder(_ name: String, isPrivate: Bool = false) throws(FileError) -> Bool {
        if unsafe mkdirat(descriptor, name, isPrivate ? 0o700 : 0o777) == 0 { return true }
        guard errno == EEXIST else { throw error(name) }
        return false
    }

    /// Links not followed.
    package func status(_ name: String) throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw error(name) }
        return status
    }

    package func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: path, number: errno) }
        return status
    }

    package func names() throws(FileError) -> [String] { try Files.names(in: "/proc/self/fd/\(descriptor)") }

    /// Makes a file where nothing is, has `fill` write it, and lets it survive a loss of power.
    /// - Parameter fill: gets the open file.
    /// - Returns: what the file is then.
    package func create<Failure: Error>(
        _ name: String, failing: (FileError) -> Failure, _ fill: (Int32) throws(Failure) -> Void
    ) throws(Failure) -> stat {
        let file = unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failing(error(name)) }
        defer { close(file) }
        try fill(file)
        var status = stat()
        guard fsync(file) == 0, unsafe fstat(file, &status) == 0 else { throw failing(error(name)) }
        return status
    }

    /// Opens a regular file for reading; the caller closes it.
    package func read(_ name: String) throws(FileError) -> Int32 {
        let file = unsafe openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw error(name) }
        return file
    }

    /// Gives a file a further name, in this folder or another of the file system, but never one that is taken. Where a file
    /// can have no two names, it is moved.
    /// - Returns: false where the name is taken.
    package func link(_ name: String, into folder: Folder, as other: String) throws(FileError) -> Bool {
        if unsafe linkat(descriptor, name, folder.descriptor, other, 0) == 0 { return true }
        if errno == EEXIST { return false }
        guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { throw folder.error(other) }
        return try move(name, into: folder, as: other)
    }

    /// - Returns: false where the name is taken.
    package func move(_ name: String, into folder: Folder, as other: String) throws(FileError) -> Bool {
        if unsafe holdfast_rename_anew(descriptor, name, folder.descriptor, other) == 0 { return true }
        guard errno == EEXIST else { throw folder.error(other) }
        return false
    }

    /// As if it were written now.
    package func touch(_ name: String) throws(FileError) {
        guard unsafe utimensat(descriptor, name, nil, AT_SYMLINK_NOFOLLOW) == 0 else { throw error(name) }
    }

    package func remove(_ name: String) throws(FileError) {
        guard unsafe unlinkat(descriptor, name, 0) == 0 else { throw error(name) }
    }

    /// - Returns: whether it was there, empty, and is gone.
    @discardableResult package func removeEmptyFolder(_ name: String) -> Bool {
        unsafe unlinkat(descriptor, name, AT_REMOVEDIR) == 0
    }

    /// Has the names in it survive a loss of power, where the file system can.
    package func sync() { fsync(descriptor) }

    private func path(of name: String) -> String { "\(path)/\(name)" }

    private func error(_ name: String) -> FileError { FileError(path: path(of: name), number: errno) }
}

extension Folder {
    /// Whether a file's bytes are those that another begins with.
    package func isBeginning(_ name: String, of other: String, in folder: Folder) throws(FileError) -> Bool {
        let one = try read(name)
        defer { close(one) }
        let two = try folder.read(other)
        defer { close(two) }
        while true {
            let piece = try Files.read(one, named: name, limit: 1 << 20)
            guard !piece.isEmpty else { return true }
            guard try Files.read(two, named: other, limit: piece.count) == piece else { return false }
        }
    }
}
