internal import Glibc

/// Why a Unix socket cannot be made.
enum SocketFileError: Error, Equatable, CustomStringConvertible {
    case inUse(String)
    case notASocket(String)
    case tooLong(String)
    case noFolder(String, Int32)
    case notNamed(String, Int32)

    var description: String {
        switch self {
        case .inUse(let path): "another program listens on \(path); stop it, or set dashboard.listen to another path"
        case .notASocket(let path):
            "\(path) is a file, not a socket; remove it, or set dashboard.listen to another path"
        case .tooLong(let path): "\(path) is too long a name for a socket; set dashboard.listen to a shorter one"
        case .noFolder(let folder, let number):
            "no socket can be made in \(folder) (\(Self.text(number))); make the folder, or mend dashboard.listen"
        case .notNamed(let path, let number):
            "the socket cannot be named \(path) (\(Self.text(number))); mend the folder's mode, or dashboard.listen"
        }
    }

    private static func text(_ number: Int32) -> String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}
