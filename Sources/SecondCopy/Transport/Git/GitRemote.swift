internal import Domain

/// Where a git remote is, and what is shown there to be let in.
package struct GitRemote: Sendable, Equatable {
    package let url: String
    /// Of an account on a server: shown in no argument, no address and no message.
    let token: String?
    /// Certificates to trust (PEM); empty for the system's.
    let caFile: String

    /// - Parameters:
    ///   - url: an absolute path, `file://`, `ssh://`, `user@host:path`, `https://`; `http://` of this machine alone.
    ///   - token: for https.
    ///   - caFile: certificates to trust, of https (PEM).
    /// - Throws: `refused` for all else, since git takes more words for addresses, some of which run programs.
    package init(_ url: String, token: String? = nil, caFile: String = "") throws(CopyError) {
        guard !url.isEmpty, url.utf8.allSatisfy({ $0 > 32 && $0 != 127 }), !url.hasPrefix("-") else {
            throw .refused(reason: "the address of the remote is none")
        }
        guard let form = Form(url) else {
            throw .refused(reason: "the remote is no path, ssh or https address")
        }
        guard !form.holdsPassword else {
            throw .refused(
                reason: "the remote's address holds a password or token, which every process list would show")
        }
        if let token {
            guard form == .web, token.utf8.allSatisfy({ (33...126).contains($0) }), !token.isEmpty else {
                throw .refused(reason: form == .web ? "the token is none" : "a token is for https addresses only")
            }
        }
        self.url = url
        self.token = token
        self.caFile = caFile
    }

    private enum Form: Equatable {
        case path
        case ssh
        case web
        case webWithPassword

        var holdsPassword: Bool { self == .webWithPassword }

        init?(_ url: String) {
            let parts = url.split(separator: "://", maxSplits: 1)
            if url.hasPrefix("/") {
                self = .path
            } else if parts.count == 2, url.hasPrefix("\(parts[0])://") {
                let authority = parts[1].prefix { $0 != "/" }
                switch parts[0] {
                case "file" where authority.isEmpty: self = .path
                case "ssh" where Self.isHost(authority): self = .ssh
                case "https" where !authority.isEmpty, "http" where Self.isLoopback(authority):
                    self = authority.contains("@") ? .webWithPassword : .web
                default: return nil
                }
            } else if let colon = url.firstIndex(of: ":"), !url[colon...].hasPrefix("::"), Self.isHost(url[..<colon]) {
                self = .ssh
            } else {
                return nil
            }
        }

        /// `user@host`; a host that begins with a dash would be an option of ssh.
        private static func isHost(_ text: some StringProtocol) -> Bool {
            let host = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
            return !host.isEmpty && !host.hasPrefix("-") && !text.hasPrefix("-") && !text.contains("/")
        }

        private static func isLoopback(_ authority: Substring) -> Bool {
            let host = authority.split(separator: "@").last ?? ""
            return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
        }
    }

    /// `https://host`, to which alone the token is shown.
    private var origin: String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.prefix(3).joined(separator: "/")
    }

    /// The settings that let us in: by the environment, since arguments can be seen by everybody on this machine.
    var settings: [(String, String)] {
        guard let token else { return [] }
        let header = "Authorization: Basic \(Base64.text(Array("x-access-token:\(token)".utf8)))"
        // No helper of this user's is asked for another.
        return [("http.\(origin)/.extraHeader", header), ("credential.helper", "")]
    }
}

/// Whoever prints it shows no token.
extension GitRemote: CustomStringConvertible {
    package var description: String { url }
}

/// RFC 4648, section 4.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let three = bytes[start..<min(start + 3, bytes.count)]
            let number = (0..<3).reduce(0) { $0 << 8 | ($1 < three.count ? Int(three[start + $1]) : 0) }
            for place in 0..<4 {
                text.append(place <= three.count ? digits[number >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
