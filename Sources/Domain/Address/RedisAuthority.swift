/// What stands in the URL of a Redis behind its scheme: `[user:password@]host[:port][,host[:port]…][/part…]`.
struct RedisAuthority {
    var user: String?
    var password: String?
    var servers: [RedisUpstream.Server] = []
    /// What stands behind the hosts, part by part.
    var path: [Substring] = []

    /// - Parameter port: of a host that names none.
    init(_ text: Substring, port: Int) throws(RedisURL.ParseError) {
        var rest = text
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            rest = rest[rest.index(after: at)...]
            if login.count == 2 {
                user = login[0].isEmpty ? nil : try Self.percentDecoded(login[0])
                password = login[1].isEmpty ? nil : try Self.percentDecoded(login[1])
            } else {
                password = try Self.percentDecoded(login[0])
            }
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        path = parts.dropFirst().filter { !$0.isEmpty }
        for host in (parts.first ?? "").split(separator: ",", omittingEmptySubsequences: false) {
            servers.append(try Self.server(host, port: port))
        }
    }

    /// The one host, for who can use no more.
    func onlyServer() throws(RedisURL.ParseError) -> RedisUpstream.Server {
        guard let server = servers.first, servers.count == 1 else {
            throw .malformed(
                reason: "it names \(servers.count) hosts; several are for redis+sentinel: and redis+cluster:")
        }
        return server
    }

    /// The database that the path names; 0 where it names none.
    func database() throws(RedisURL.ParseError) -> Int {
        guard let number = path.first else { return 0 }
        guard path.count == 1, let parsed = Int(number), parsed >= 0 else {
            throw .malformed(reason: "the database must be a number, not \"\(path.joined(separator: "/"))\"")
        }
        return parsed
    }

    private static func server(_ text: Substring, port: Int) throws(RedisURL.ParseError) -> RedisUpstream.Server {
        var host = text
        var portText: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw .malformed(reason: "behind ] stands the port, not \"\(after)\"")
            }
            if !after.isEmpty { portText = after.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .malformed(reason: "the host is missing") }
        guard let portText else { return .init(host: String(host), port: port) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw .malformed(reason: "the port must be 1 to 65535, not \"\(portText)\"")
        }
        return .init(host: String(host), port: port)
    }

    private static func percentDecoded(_ text: Substring) throws(RedisURL.ParseError) -> String {
        guard let decoded = PercentCoding.decode(text) else {
            throw .malformed(reason: "a % in user or password must be written %25")
        }
        return decoded
    }
}
