/// What `redis.url` names: a server to which everybody connects, or one to which the companion's relay does.
package enum RedisPlace: Sendable, Equatable {
    case direct(RedisURL)
    case relayed(RedisUpstream)

    /// How each is written.
    package static let forms =
        ["embedded", "unix:/path", "redis://[user:password@]host:port[/db]"] + RedisUpstream.forms

    /// - Throws: `malformed`.
    package init(_ text: String) throws(RedisURL.ParseError) {
        if let upstream = try RedisUpstream(text) {
            self = .relayed(upstream)
            return
        }
        let url = try RedisURL(text)
        // A hook has no time to look up a name.
        if case .tcp(let host, let port) = url.endpoint, !RedisUpstream.Server(host: host, port: port).isAddress {
            self = .relayed(
                RedisUpstream(
                    kind: .server, servers: [.init(host: host, port: port)], usesTLS: false, user: url.user,
                    password: url.password, database: url.database))
        } else {
            self = .direct(url)
        }
    }
}
