internal import Glibc

/// A Unix socket that only its user can open: from the first instant on, and without touching one that is in use.
///
/// It is made in a folder nobody else can enter, gets its mode there and then its name, which takes the place of what
/// a dead companion left.
package struct SocketFile: Sendable {
    package let path: String
    private let folder: String

    /// Where to bind.
    package var draft: String { "\(folder)/s" }

    package init(preparing path: String) throws(SocketFileError) {
        self.path = path
        var about = stat()
        if unsafe lstat(path, &about) == 0 {
            guard about.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
            guard !Self.isHeard(path) else { throw .inUse(path) }
        }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        var template = Array("\(parent)/.hfXXXXXX".utf8CString)
        // The kernel's limit for names of sockets, with the zero at the end.
        guard template.count + 2 <= 104, path.utf8.count < 104 else { throw .tooLong(path) }
        guard unsafe mkdtemp(&template) != nil else { throw .noFolder(parent, errno) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Gives the bound socket its name.
    package func publish() throws(SocketFileError) {
        guard unsafe chmod(draft, 0o600) == 0, unsafe rename(draft, path) == 0 else { throw .notNamed(path, errno) }
        unsafe rmdir(folder)
    }

    /// Removes what is ours: nothing answers there any more.
    package func withdraw() {
        unsafe unlink(draft)
        unsafe rmdir(folder)
        if !Self.isHeard(path) { unsafe unlink(path) }
    }

    /// Whether somebody listens.
    private static func isHeard(_ path: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        // A full queue (EAGAIN) has a listener, too.
        return UnixSocket.connect(descriptor, to: path) == 0 || errno == EAGAIN || errno == EINPROGRESS
    }
}

/// Why a Unix socket cannot be made.
package enum SocketFileError: Error, Equatable, CustomStringConvertible {
    case inUse(String)
    case notASocket(String)
    case tooLong(String)
    case noFolder(String, Int32)
    case notNamed(String, Int32)

    package var description: String {
        switch self {
        case .inUse(let path): "another program listens on \(path)"
        case .notASocket(let path): "\(path) is a file, not a socket"
        case .tooLong(let path): "\(path) is too long a name for a socket"
        case .noFolder(let folder, let number): "no socket can be made in \(folder) (\(Self.text(number)))"
        case .notNamed(let path, let number): "the socket cannot be named \(path) (\(Self.text(number)))"
        }
    }

    private static func text(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}
