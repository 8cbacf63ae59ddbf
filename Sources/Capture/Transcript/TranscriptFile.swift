internal import Domain
internal import Glibc
internal import Platform

/// An open transcript that is what it claims to be: a regular file of this user below the config folder's `projects`,
/// after resolving links.
struct TranscriptFile: ~Copyable {
    let descriptor: Int32
    /// The canonical path.
    let path: String

    enum Refusal: Error, Equatable {
        /// There is no such file (any more, or not yet).
        case missing
        case unreadable(FileError)
        case untrusted(reason: String)
    }

    /// - Parameter configDirectory: nil when a person named the file.
    /// - Throws: `untrusted` only for what is proven; what could not be found out may be tried again.
    init(_ given: String, configDirectory: String?) throws(Refusal) {
        let real = try Self.canonical(given)
        if let configDirectory {
            let projects = try Self.canonical(configDirectory + "/projects")
            guard real.hasPrefix(projects + "/") else {
                throw .untrusted(reason: "\(given) does not lie below \(configDirectory)/projects")
            }
        }
        let opened = unsafe open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { throw Self.refusal(errno, real) }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0 else {
            let number = errno
            close(opened)
            throw Self.refusal(number, real)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .untrusted(reason: "\(given) is no regular file")
        }
        guard status.st_uid == getuid() || configDirectory == nil else {
            close(opened)
            throw .untrusted(reason: "\(given) belongs to another user")
        }
        descriptor = opened
        path = real
    }

    private static func canonical(_ path: String) throws(Refusal) -> String {
        guard let real = Files.realPath(path) else { throw refusal(errno, path) }
        return real
    }

    private static func refusal(_ number: Int32, _ path: String) -> Refusal {
        number == ENOENT || number == ENOTDIR ? .missing : .unreadable(FileError(path: path, number: number))
    }

    deinit { close(descriptor) }

    /// Bytes.
    func size() throws(FileError) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(path: path, number: errno) }
        return Int64(status.st_size)
    }

    /// Where to read on, the file being what it is now.
    func following(_ cursor: Cursor) throws(FileError) -> Cursor {
        cursor.following(size: try size(), tail: Self.hash(of: try tail(before: cursor.offset)))
    }

    /// The up to 4 KB before an offset; fewer where the file ends before it.
    func tail(before offset: Int64) throws(FileError) -> [UInt8] {
        let start = max(0, offset - Cursor.tailLength)
        var bytes = [UInt8](repeating: 0, count: Int(offset - start))
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count, place = Int(start) + count, filled = count
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, room, place)
            }
            if read < 0 && errno == EINTR { continue }
            guard read >= 0 else { throw FileError(path: path, number: errno) }
            guard read > 0 else { break }
            count += read
        }
        return Array(bytes[..<count])
    }

    static func hash(of tail: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(tail)
        return hash.hexadecimal()
    }
}
