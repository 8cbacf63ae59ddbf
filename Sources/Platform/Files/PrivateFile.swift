internal import Glibc

/// A file that holds a secret: closed to all others, and this user's own.
package enum PrivateFile {
    /// What keeps a file from being taken for such a one.
    package enum Fault: Error, Equatable {
        case missing
        case isLink
        case isNoFile
        case isOthers
        case isOpenToOthers
        case failed(FileError)

        package var reason: String {
            switch self {
            case .missing: "there is no such file"
            case .isLink: "it is a link"
            case .isNoFile: "it is no file"
            case .isOthers: "it belongs to somebody else"
            case .isOpenToOthers: "others may read it; chmod 600"
            case .failed(let error): error.reason
            }
        }
    }

    /// Asks the file that was opened, so that none can be put in its place meanwhile.
    /// - Parameters:
    ///   - isNamed: a person named it: then a link to it will do, and it may be root's.
    ///   - limit: bytes; what is longer is cut off.
    package static func read(_ path: String, isNamed: Bool = false, limit: Int) throws(Fault) -> String {
        let link = isNamed ? 0 : O_NOFOLLOW
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | link)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .missing }
            if errno == ELOOP { throw .isLink }
            throw .failed(FileError(path: path, number: errno))
        }
        defer { close(descriptor) }
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0 else { throw .failed(FileError(path: path, number: errno)) }
        guard about.st_mode & S_IFMT == S_IFREG else { throw .isNoFile }
        guard about.st_uid == geteuid() || isNamed && about.st_uid == 0 else { throw .isOthers }
        guard about.st_mode & 0o077 == 0 else { throw .isOpenToOthers }
        do throws(FileError) {
            return String(decoding: try Files.read(descriptor, named: path, limit: limit), as: UTF8.self)
        } catch {
            throw .failed(error)
        }
    }

    /// Makes the file unless there is one. Under a name of its own first, then linked to the right one: never seen half
    /// written, never overwriting.
    package static func create(_ path: String, holding text: String) throws(FileError) {
        let draft = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, number: errno) }
        defer { unsafe unlink(draft) }
        try fill(descriptor, text, named: path)
        guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw FileError(path: path, number: errno) }
    }

    private static func fill(_ descriptor: Int32, _ text: String, named path: String) throws(FileError) {
        defer { close(descriptor) }
        try Files.write(Array(text.utf8)[...], to: descriptor, named: path)
        guard fsync(descriptor) == 0 else { throw FileError(path: path, number: errno) }
    }
}
