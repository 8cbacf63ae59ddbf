package import Domain

/// What the relay is to do: where it listens, for which Redis, by which certificates and login.
package struct RelayPlan: Sendable {
    package struct TLS: Sendable {
        /// Paths of PEM files; empty for none, and for the system's authorities.
        package var authorities = ""
        package var certificate = ""
        package var key = ""
        /// The name that the server's certificate has to bear, and that it is asked for; empty: the one it is reached by.
        package var serverName = ""

        package init(authorities: String = "", certificate: String = "", key: String = "", serverName: String = "") {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
            self.serverName = serverName
        }
    }

    package struct Login: Sendable {
        package var user: String?
        package var password: String?

        package init(user: String? = nil, password: String? = nil) {
            self.user = user
            self.password = password
        }
    }

    /// Why nobody knows how to log in.
    package struct LoginFault: Error {
        package var reason: String

        package init(reason: String) { self.reason = reason }
    }

    package typealias LoginReader = @Sendable () -> Result<Login, LoginFault>

    package var socket: String
    package var upstream: RedisUpstream
    package var tls: TLS
    /// Connections to each server for short questions, at most.
    package var connections: Int
    /// Asked before each login, so that a changed password counts at once.
    package var login: LoginReader
    package var sentinelLogin: LoginReader

    package init(
        socket: String, upstream: RedisUpstream, tls: TLS = TLS(), connections: Int = 4,
        login: @escaping LoginReader, sentinelLogin: @escaping LoginReader = { .success(Login()) }
    ) {
        self.socket = socket
        self.upstream = upstream
        self.tls = tls
        self.connections = connections
        self.login = login
        self.sentinelLogin = sentinelLogin
    }
}
