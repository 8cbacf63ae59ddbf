/// How a Redis is logged in to, where its URL does not say all of it. Files are paths, empty for none.
package struct RedisLoginFiles: Sendable, Equatable {
    package var user = ""
    package var passwordFile = ""
    package var sentinelUser = ""
    package var sentinelPasswordFile = ""
}

/// By which certificates the companion's relay speaks TLS with a Redis: paths of PEM files, empty for none.
package struct RedisTLSFiles: Sendable, Equatable {
    package var authorities = ""
    package var certificate = ""
    package var key = ""
    package var serverName = ""
}
