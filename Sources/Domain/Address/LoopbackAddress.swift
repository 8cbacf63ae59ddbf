/// Where the companion serves HTTP: never beyond this machine.
package enum LoopbackAddress: Sendable, Equatable {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// - Parameter text: `127.0.0.1:7391`, `[::1]:7391` or `unix:/path`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:/") {
            // A Unix socket's path has room for 107 bytes (unix(7)).
            guard text.utf8.count <= 112 else { return nil }
            self = .unix(path: String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        switch text[..<colon] {
        case "127.0.0.1", "localhost": self = .tcp(host: "127.0.0.1", port: port)
        case "[::1]": self = .tcp(host: "::1", port: port)
        default: return nil
        }
    }
}

extension LoopbackAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
