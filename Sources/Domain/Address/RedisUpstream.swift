/// A Redis that hooks cannot go to by themselves, since it needs TLS, a name looked up, or somebody who knows where its
/// master or its shards are: the companion's relay does.
package struct RedisUpstream: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// One server, or what stands before several and hides them.
        case server
        /// Sentinels, which are asked for the master of a service
        /// (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>).
        case sentinel(service: String)
        /// Some nodes of a cluster, which are asked for all of them
        /// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>).
        case cluster
    }

    package struct Server: Sendable, Hashable {
        package var host: String
        package var port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Whether the host is an address already, so that connecting asks no resolver.
        package var isAddress: Bool { host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } }
    }

    package var kind: Kind
    /// Where to begin: the server, the sentinels, or some of the nodes.
    package var servers: [Server]
    package var usesTLS: Bool
    package var user: String?
    package var password: String?
    package var database: Int

    package init(
        kind: Kind, servers: [Server], usesTLS: Bool, user: String? = nil, password: String? = nil, database: Int = 0
    ) {
        self.kind = kind
        self.servers = servers
        self.usesTLS = usesTLS
        self.user = user
        self.password = password
        self.database = database
    }

    /// The schemes, and how each is written.
    package static let forms = [
        "rediss://[user:password@]host:port[/db]", "redis[s]+sentinel://[user:password@]host:port,…/service[/db]",
        "redis[s]+cluster://[user:password@]host:port,…",
    ]

    /// - Returns: nil for what is none of the schemes that need the relay.
    /// - Throws: `malformed`.
    init?(_ text: String) throws(RedisURL.ParseError) {
        guard let end = text.firstIndex(of: ":"), text[end...].hasPrefix("://") else { return nil }
        let rest = text[text.index(end, offsetBy: 3)...]
        usesTLS = text[..<end].hasPrefix("rediss")
        let authority: RedisAuthority
        switch text[..<end] {
        case "redis+sentinel", "rediss+sentinel":
            authority = try RedisAuthority(rest, port: 26_379)
            guard let written = authority.path.first, authority.path.count <= 2 else {
                throw .malformed(
                    reason: "behind the sentinels stands the service's name: redis+sentinel://host,host/mymaster")
            }
            guard let service = PercentCoding.decode(written) else {
                throw .malformed(reason: "a % in the service's name must be written %25")
            }
            kind = .sentinel(service: service)
            var numbered = authority
            numbered.path = Array(authority.path.dropFirst())
            database = try numbered.database()
        case "redis+cluster", "rediss+cluster":
            authority = try RedisAuthority(rest, port: 6379)
            guard authority.path.isEmpty else { throw .malformed(reason: "a cluster has database 0 alone") }
            kind = .cluster
            database = 0
        case "rediss":
            authority = try RedisAuthority(rest, port: 6379)
            _ = try authority.onlyServer()
            kind = .server
            database = try authority.database()
        default: return nil
        }
        servers = authority.servers
        user = authority.user
        password = authority.password
    }
}

extension RedisUpstream: CustomStringConvertible {
    /// The URL as people may see it: the password is never shown.
    package var description: String {
        let scheme: String
        var path = database == 0 ? "" : "/\(database)"
        switch kind {
        case .server: scheme = ""
        case .sentinel(let service): (scheme, path) = ("+sentinel", "/\(PercentCoding.encode(service))\(path)")
        case .cluster: scheme = "+cluster"
        }
        let login = password == nil ? user.map { "\($0)@" } ?? "" : "\(user ?? ""):***@"
        let hosts = servers.map(\.description).joined(separator: ",")
        return "redis\(usesTLS ? "s" : "")\(scheme)://\(login)\(hosts)\(path)"
    }
}

extension RedisUpstream.Server: CustomStringConvertible {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
