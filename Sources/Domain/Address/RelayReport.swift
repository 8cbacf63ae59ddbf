/// How the companion's relay to a Redis is, as it says itself when a client sends `RELAY`.
package struct RelayReport: Sendable, Equatable, Codable {
    package struct Server: Sendable, Equatable, Codable {
        package var address: String
        /// `server`, `master` or `sentinel`.
        package var role: String
        package var connections: Int
        /// Why there is none.
        package var failure: String?
        /// Until when its certificate is valid, s since 1970; without TLS, or before the first connection, nothing.
        package var certificateEnds: Int64?

        package init(
            address: String, role: String, connections: Int, failure: String? = nil, certificateEnds: Int64? = nil
        ) {
            self.address = address
            self.role = role
            self.connections = connections
            self.failure = failure
            self.certificateEnds = certificateEnds
        }
    }

    /// What it leads to, for people.
    package var upstream: String
    package var clients: Int
    package var servers: [Server]

    package init(upstream: String, clients: Int, servers: [Server]) {
        self.upstream = upstream
        self.clients = clients
        self.servers = servers
    }

    /// The server whose certificate ends first; nil without TLS.
    package var firstToEnd: Server? {
        servers.filter { $0.certificateEnds != nil }.min { ($0.certificateEnds ?? 0) < ($1.certificateEnds ?? 0) }
    }

    package var json: String { ((try? JSONValue(encoding: self)) ?? .null).text }
}
