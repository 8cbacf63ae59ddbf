package import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings

/// Makes every connection of a process: where the server is, and what is to be known before it is asked, is decided here
/// and nowhere else.
package struct RedisConnector: Sendable {
    private let place: @Sendable () throws(RedisError) -> RedisURL
    private let resolvesNames: Bool

    /// - Parameter resolvesNames: whether a host's name may be looked up. A hook has no time for that: it goes by what the
    ///   companion found.
    package init(_ settings: Settings, resolvesNames: Bool = true) {
        self.resolvesNames = resolvesNames
        place = { () throws(RedisError) in
            let url: RedisURL
            do throws(ConfigurationError) {
                url = try settings.redisURL(resolving: resolvesNames)
            } catch {
                throw .unreachable(reason: "\(error)")
            }
            if settings.configuration.usesEmbeddedRedis, let fault = settings.state.redisSocketFault {
                throw .foreign(fault)
            }
            return url
        }
    }

    /// To a server that is known to be there.
    package init(url: RedisURL) {
        resolvesNames = true
        place = { url }
    }

    /// - Throws: `unreachable`, also where the configuration does not say a place; `foreign` for one of somebody else.
    package func connect(_ deadlines: RedisDeadlines) throws(RedisError) -> RedisConnection {
        let url = try place()
        guard resolvesNames || url.needsNoResolver else {
            throw .unreachable(reason: "\(url) is not resolved yet; the companion does it")
        }
        return try RedisConnection(to: url, deadlines: deadlines)
    }

    /// A connection that has been heard from: a socket accepts before the server can serve.
    package func open(_ deadlines: RedisDeadlines) throws(RedisError) -> RedisConnection {
        var connection = try connect(deadlines)
        try connection.greet()
        return connection
    }

    /// Waits for a server that is on its way.
    package func open(_ deadlines: RedisDeadlines, patience: Duration) throws(RedisError) -> RedisConnection {
        let watch = Stopwatch(limit: patience)
        while true {
            do throws(RedisError) {
                return try open(deadlines)
            } catch {
                guard error.isAway, !watch.isOver else { throw error }
                usleep(10_000)
            }
        }
    }

    /// Asks the server to save what it is to save and to end. It closes the connection in place of a reply.
    package func shutDown(_ deadlines: RedisDeadlines) throws(RedisError) {
        var connection = try connect(deadlines)
        try connection.ask(SHUTDOWN())
    }
}

extension RedisConnection {
    /// Asks whether the server serves us: one round trip.
    package mutating func greet() throws(RedisError) { _ = try ask(PING()) }
}
