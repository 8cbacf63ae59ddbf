/// Where a Redis server listens: `unix:/path` or `redis://[user:password@]host:port[/db]`.
package struct RedisURL: Sendable, Equatable {
    package enum Endpoint: Sendable, Equatable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    package enum ParseError: Error, Equatable {
        case malformed(reason: String)
    }

    package var endpoint: Endpoint
    package var user: String?
    package var password: String?
    package var database: Int
    /// Of the socket of the companion's relay: to where it leads, for people.
    package var upstream: String?

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
        } else if text.hasPrefix("redis://") {
            try self.init(authority: text.dropFirst("redis://".count))
        } else {
            throw .malformed(
                reason: "it starts with none of unix:, redis://, rediss://, redis+sentinel://, redis+cluster://")
        }
    }

    private init(authority text: Substring) throws(ParseError) {
        let authority = try RedisAuthority(text, port: 6379)
        let server = try authority.onlyServer()
        // Known without a resolver.
        let host = server.host == "localhost" ? "127.0.0.1" : server.host
        self.init(
            endpoint: .tcp(host: host, port: server.port), user: authority.user, password: authority.password,
            database: try authority.database())
    }
}

extension RedisURL: CustomStringConvertible {
    /// The URL as people may see it: the password is never shown.
    package var description: String {
        switch endpoint {
        case .unix(let path):
            return upstream.map { "\($0) (by the companion's relay, unix:\(path))" } ?? "unix:\(path)"
        case .tcp(let host, let port):
            let login = password == nil ? "" : "\(user ?? ""):***@"
            let bracketed = host.contains(":") ? "[\(host)]" : host
            return "redis://\(login)\(bracketed):\(port)\(database == 0 ? "" : "/\(database)")"
        }
    }
}
