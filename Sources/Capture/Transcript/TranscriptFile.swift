internal import Domain
internal import Glibc
internal import Storage

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
    init(_ given: String, configDirectory: String?) throws(Refusal) {
        guard let real = Files.realPath(given) else {
            let number = errno
            throw number == ENOENT || number == ENOTDIR ? .missing : .unreadable(FileError(path: given, number: number))
        }
        if let configDirectory {
            guard let projects = Files.realPath(configDirectory + "/projects"), real.hasPrefix(projects + "/") else {
                throw .untrusted(reason: "\(given) does not lie below \(configDirectory)/projects")
            }
        }
        let opened = unsafe open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else {
            throw errno == ENOENT ? .missing : .unreadable(FileError(path: real, number: errno))
        }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
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

    deinit { close(descriptor) }

    var size: Int64 {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// SHA-256 of the up to 4 KB before an offset.
    func tailHash(before offset: Int64) -> String {
        let start = max(0, offset - Cursor.tailLength)
        var bytes = [UInt8](repeating: 0, count: Int(offset - start))
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count, place = Int(start) + count, filled = count
            let read = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, room, place)
            }
            if read < 0 && errno == EINTR { continue }
            // Shorter than the offset: the hash of what is there is another.
            guard read > 0 else { break }
            count += read
        }
        var hash = SHA256()
        hash.update(bytes[..<count])
        return hash.hexadecimal()
    }
}
