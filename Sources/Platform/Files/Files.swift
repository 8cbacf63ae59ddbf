package import Glibc

/// Why a file could not be used.
package struct FileError: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var number: Int32

    package init(path: String, number: Int32) {
        self.path = path
        self.number = number
    }

    package var isMissing: Bool { number == ENOENT }
    /// The same where what should be a folder above it is none.
    package var isNowhere: Bool { isMissing || number == ENOTDIR }
    package var isOfFullDisk: Bool { number == ENOSPC || number == EDQUOT }

    package var reason: String { unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)" }

    package var description: String { "\(path): \(reason)" }
}

/// Small files by plain system calls: a hook has no room for more. Files are 0600, folders 0700.
package enum Files {
    /// - Parameter limit: bytes beyond are not read.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(FileError) -> String {
        String(decoding: try bytes(path, limit: limit), as: UTF8.self)
    }

    /// - Parameter limit: bytes beyond are not read.
    package static func bytes(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        return try read(descriptor, named: path, limit: limit)
    }

    /// Reads an open descriptor to its end, or to `limit` bytes.
    /// - Parameter patience: after which a stream that has not ended is an error (`ETIMEDOUT`), however much it has brought;
    ///   nil for what always ends.
    package static func read(
        _ descriptor: Int32, named name: String, limit: Int, patience: Duration? = nil
    ) throws(FileError) -> [UInt8] {
        let watch = patience.map { Stopwatch(limit: $0) }
        var bytes: [UInt8] = []
        // Most files have a few hundred bytes; clearing 64 KB for each took a tenth of a hook's time.
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            if let watch, !Readiness.wait(of: descriptor, before: watch) {
                throw FileError(path: name, number: ETIMEDOUT)
            }
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, min(buffer.count, limit - bytes.count))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: name, number: errno) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
            if count == chunk.count, count < 1 << 16 { chunk = [UInt8](repeating: 0, count: 1 << 16) }
        }
        return bytes
    }

    /// What a file is called until it is whole: `<name>.<pid>-<thread>.tmp`, since two threads may write one file.
    private static func draft(of path: String) -> String { "\(path).\(getpid())-\(pthread_self()).tmp" }

    /// Whose draft a file is, by its name alone.
    /// - Returns: the name that it is to get, and the process that writes it; nil for what is no draft.
    package static func draft(_ name: String) -> (name: String, writer: Int32)? {
        let parts = name.split(separator: ".")
        guard parts.count >= 3, parts.last == "tmp", let thread = parts[parts.count - 2].firstIndex(of: "-"),
            let writer = Int32(parts[parts.count - 2][..<thread])
        else { return nil }
        return (parts.dropLast(2).joined(separator: "."), writer)
    }

    /// Writes a file whole or not at all: temporary name, then rename. Not synced unless asked: what it says can mostly be
    /// found out again.
    package static func write(_ text: String, to path: String, isSynced: Bool = false) throws(FileError) {
        try write(Array(text.utf8), to: path, isSynced: isSynced)
    }

    package static func write(_ bytes: [UInt8], to path: String, isSynced: Bool = false) throws(FileError) {
        try write(pieces: [bytes], to: path, isSynced: isSynced)
    }

    /// One behind the other.
    package static func write(pieces: [[UInt8]], to path: String, isSynced: Bool = false) throws(FileError) {
        let temporary = draft(of: path)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(path: temporary, number: errno) }
        do throws(FileError) {
            defer { close(descriptor) }
            for piece in pieces { try write(piece[...], to: descriptor, named: temporary) }
            if isSynced, fsync(descriptor) != 0 { throw FileError(path: temporary, number: errno) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe Glibc.rename(temporary, path) == 0 else {
            let number = errno
            unsafe unlink(temporary)
            throw FileError(path: path, number: number)
        }
        if isSynced { sync(folder(of: path)) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Has a file's or a folder's content survive a loss of power, where the file system can.
    package static func sync(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, named name: String) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // An inherited pipe that its other users set non-blocking.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&room, 1, -1)
                continue
            }
            guard count > 0 else { throw FileError(path: name, number: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Adds text to a file's end.
    package static func add(_ text: String, to path: String) throws(FileError) {
        try add(Array(text.utf8)[...], to: path)
    }

    /// - Parameter isSynced: on the disk when this returns.
    package static func add(_ bytes: ArraySlice<UInt8>, to path: String, isSynced: Bool = false) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, named: path)
        if isSynced, fsync(descriptor) != 0 { throw FileError(path: path, number: errno) }
    }

    /// Adds a line to a log that is begun anew, with one old copy kept, when it has grown beyond `limit` bytes. A log that
    /// cannot be written must not stop what it would tell of.
    package static func append(_ line: String, to path: String, limit: Int = 256 << 10) {
        try? add(line + "\n", to: path)
        guard let size = try? status(path).st_size, size > limit else { return }
        unsafe Glibc.rename(path, path + ".1")
    }

    /// Makes an empty file where nothing is.
    package static func create(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw FileError(path: path, number: errno)
        }
    }

    package static func setMode(_ path: String, _ mode: mode_t) throws(FileError) {
        guard unsafe chmod(path, mode) == 0 else { throw FileError(path: path, number: errno) }
    }

    /// The names in a folder, without `.` and `..`.
    package static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(folder) else { throw FileError(path: folder, number: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package static func makeFolder(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw FileError(path: path, number: errno)
        }
        try makeFolder(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError(path: path, number: errno) }
    }

    /// Removes a folder with all that is in it; links are removed, not followed.
    package static func removeFolder(_ path: String) {
        for name in (try? names(in: path)) ?? [] {
            let inner = "\(path)/\(name)"
            guard let status = try? status(inner, followingLinks: false) else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { removeFolder(inner) } else { remove(inner) }
        }
        unsafe rmdir(path)
    }

    /// What stands at a path, links not followed unless asked.
    package static func status(_ path: String, followingLinks: Bool = true) throws(FileError) -> stat {
        var status = stat()
        let result = followingLinks ? unsafe stat(path, &status) : unsafe lstat(path, &status)
        guard result == 0 else { throw FileError(path: path, number: errno) }
        return status
    }

    package static func isRegularFile(_ path: String) -> Bool {
        guard let status = try? status(path) else { return false }
        return status.st_mode & S_IFMT == S_IFREG
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
    /// Whether this user may see what lies in a folder.
    package static func canList(_ folder: String) -> Bool { unsafe access(folder, R_OK | X_OK) == 0 }
    package static func isFolder(_ path: String) -> Bool { ((try? status(path))?.st_mode ?? 0) & S_IFMT == S_IFDIR }

    package static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 && isRegularFile(path) }

    /// - Throws: where the folder is there and this user may not write to it, or nobody may.
    package static func checkWriting(to folder: String) throws(FileError) {
        guard unsafe access(folder, W_OK | X_OK) == 0 || errno == ENOENT else {
            throw FileError(path: folder, number: errno)
        }
    }

    package static func remove(_ path: String) { unsafe unlink(path) }

    package static func rename(_ path: String, to other: String) -> Bool { unsafe Glibc.rename(path, other) == 0 }

    /// The path seen from the current folder, links left as they are.
    package static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = realPath(".") else { return path }
        return folder + "/" + path
    }

    /// The path with links resolved, or nil when it does not exist.
    package static func realPath(_ path: String) -> String? { try? resolved(path) }

    /// The path with links resolved.
    /// - Throws: why it cannot be; `isMissing` where it does not exist.
    package static func resolved(_ path: String) throws(FileError) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw FileError(path: path, number: errno) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// What others may still write to the disk of a folder, bytes. What cannot be asked is not called full.
    package static func freeBytes(of path: String) -> Int64 {
        var space = statvfs()
        guard unsafe statvfs(path, &space) == 0 else { return .max }
        return Int64(
            clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
    }
}
