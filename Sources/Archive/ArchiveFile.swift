internal import Domain

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The archive's file as the file system sees it: only its user may read it, and it lies on a local disk.
struct ArchiveFile {
    let path: String

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What to open so that SQLite takes no lock and makes no file.
    var immutableName: String { "file:\(PercentCoding.encodePath(path))?immutable=1" }

    func exists() throws(ArchiveError) -> Bool { try Self.mode(of: path) != nil }

    func hasLog() throws(ArchiveError) -> Bool { try Self.mode(of: path + "-wal") != nil }

    /// Makes the folder, 0700, and those above it. One that exists is left as it is: it may be shared for other reasons.
    func makeFolder() throws(ArchiveError) {
        var made = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: true) {
            made += made.isEmpty && !folder.hasPrefix("/") ? String(part) : "/" + part
            guard unsafe mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            let number = errno
            // Above may lie folders in which nothing can be made, but which are there.
            if try Self.mode(of: made) == nil { throw Self.error(number, made) }
        }
    }

    /// Makes the file, empty and 0600, before SQLite would with the process's mask; its log and index take over the mode.
    func prepare() throws(ArchiveError) {
        for name in [path, path + "-wal", path + "-shm"] {
            guard let mode = try Self.mode(of: name) else { continue }
            guard mode & S_IFMT == S_IFREG else { throw .unavailable(reason: "\(name) is not a file") }
            // Never opened here: closing it again would drop the locks of this process's other connections.
            guard mode & 0o077 != 0, unsafe chmod(name, 0o600) != 0 else { continue }
            throw Self.error(errno, name)
        }
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw Self.error(errno, path)
        }
    }

    func checkFileSystem() throws(ArchiveError) {
        // Where the system does not tell, SQLite's own locks must do.
        guard let mounts = Self.text(of: "/proc/self/mountinfo"), let folder = Self.realPath(folder),
            let type = NetworkFileSystem.type(of: folder, mounts: mounts)
        else { return }
        if NetworkFileSystem.includes(type) { throw .onNetworkFileSystem(path: folder) }
    }

    private static func realPath(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    /// Of a file whose size the system does not know.
    private static func text(of path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count <= 0 { return count < 0 ? nil : String(decoding: text, as: UTF8.self) }
            text += buffer[..<count]
        }
    }

    private static func mode(of path: String) throws(ArchiveError) -> mode_t? {
        var status = stat()
        if unsafe stat(path, &status) == 0 { return status.st_mode }
        if errno == ENOENT { return nil }
        throw error(errno, path)
    }

    private static func error(_ number: Int32, _ path: String) -> ArchiveError {
        switch number {
        case ENOSPC, EDQUOT: .full
        default: .unavailable(reason: "\(path): \(unsafe String(cString: strerror(number)))")
        }
    }
}
