/// Where a Redis server listens: `unix:/path` or `redis://[user:password@]host:port[/db]`.
package struct RedisURL: Sendable, Equatable {
    package enum Endpoint: Sendable, Equatable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    package enum ParseError: Error, Equatable {
        /// hiredis 0.14 has no TLS.
        case tlsUnsupported
        case malformed(reason: String)
    }

    package var endpoint: Endpoint
    package var user: String?
    package var password: String?
    package var database: Int

    package init(endpoint: Endpoint, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }

    package init(_ text: String) throws(ParseError) {
        if text.hasPrefix("unix:") {
            var path = text.dropFirst("unix:".count)
            if path.hasPrefix("///") { path = path.dropFirst(2) }
            // Behind two slashes stands a login, as other clients write one; as a path it would be shown to everybody.
            guard path.hasPrefix("/") && !path.hasPrefix("//") || !path.contains("@") else {
                throw .malformed(reason: "a Unix socket takes no user and password here; write unix:/path")
            }
            guard path.hasPrefix("/") else { throw .malformed(reason: "a socket path must be absolute") }
            self.init(endpoint: .unix(path: String(path)))
        } else if text.hasPrefix("rediss://") {
            throw .tlsUnsupported
        } else if text.hasPrefix("redis://") {
            try self.init(authority: text.dropFirst("redis://".count))
        } else {
            throw .malformed(reason: "it starts with none of unix:, redis://")
        }
    }

    private init(authority text: Substring) throws(ParseError) {
        var rest = text
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            rest = rest[rest.index(after: at)...]
            if login.count == 2 {
                user = login[0].isEmpty ? nil : try Self.percentDecoded(login[0])
                password = try Self.percentDecoded(login[1])
            } else {
                password = try Self.percentDecoded(login[0])
            }
        }
        var database = 0
        if let slash = rest.firstIndex(of: "/") {
            let number = rest[rest.index(after: slash)...]
            if !number.isEmpty {
                guard let parsed = Int(number), parsed >= 0 else {
                    throw .malformed(reason: "the database must be a number, not \"\(number)\"")
                }
                database = parsed
            }
            rest = rest[..<slash]
        }
        var (host, port) = try Self.hostAndPort(rest)
        // Known without a resolver, which hooks do not ask.
        if host == "localhost" { host = "127.0.0.1" }
        self.init(endpoint: .tcp(host: host, port: port), user: user, password: password, database: database)
    }

    private static func hostAndPort(_ text: Substring) throws(ParseError) -> (String, Int) {
        var host = text
        var portText: Substring?
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let after = text[text.index(after: end)...]
            if after.hasPrefix(":") { portText = after.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .malformed(reason: "the host is missing") }
        guard let portText else { return (String(host), 6379) }
        guard let port = Int(portText), (1...65535).contains(port) else {
            throw .malformed(reason: "the port must be 1 to 65535, not \"\(portText)\"")
        }
        return (String(host), port)
    }

    private static func percentDecoded(_ text: Substring) throws(ParseError) -> String {
        guard let decoded = PercentCoding.decode(text) else {
            throw .malformed(reason: "a % in user or password must be written %25")
        }
        return decoded
    }

    /// Whether the host is an address already, so that connecting asks no resolver.
    package var needsNoResolver: Bool {
        switch endpoint {
        case .unix: true
        case .tcp(let host, _): host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        }
    }
}

extension RedisURL: CustomStringConvertible {
    /// The URL as people may see it: the password is never shown.
    package var description: String {
        switch endpoint {
        case .unix(let path):
            return "unix:\(path)"
        case .tcp(let host, let port):
            let login = password == nil ? "" : "\(user ?? ""):***@"
            let bracketed = host.contains(":") ? "[\(host)]" : host
            return "redis://\(login)\(bracketed):\(port)\(database == 0 ? "" : "/\(database)")"
        }
    }
}
