package import Domain
internal import Glibc
internal import Platform
package import Redis
package import Settings

/// Makes every connection of a process: where the server is, and what is to be known before it is asked, is decided here
/// and nowhere else.
package struct RedisConnector: Sendable {
    private let place: @Sendable () throws(RedisError) -> RedisURL
    /// Nil where a server is asked for nothing that a version matters for.
    private let schema: Schema?

    private struct Schema: Sendable {
        let mark: SchemaMark
        let key: RedisKey
        /// Of a server, and of what is ours on it.
        func name(_ url: RedisURL) -> String { "\(url.upstream ?? "\(url)") \(key)" }
    }

    package init(_ settings: Settings) {
        schema = Schema(mark: SchemaMark(settings.state), key: settings.keys.schema)
        place = { () throws(RedisError) in
            let url: RedisURL
            do throws(ConfigurationError) {
                url = try settings.redisURL()
            } catch {
                throw .unreachable(reason: "\(error)")
            }
            var fault = settings.configuration.usesEmbeddedRedis ? settings.state.redisSocketFault : nil
            if url.upstream != nil, case .unix(let path) = url.endpoint { fault = settings.state.fault(ofRelay: path) }
            if let fault { throw .foreign(fault) }
            return url
        }
    }

    /// To a server that is known to be there.
    package init(url: RedisURL) {
        place = { url }
        schema = nil
    }

    /// - Throws: `unreachable`, also where the configuration does not say a place; `foreign` for one of somebody else;
    ///   `newer` for one that a newer version has taken over, by who asked last.
    package func connect(_ deadlines: RedisDeadlines) throws(RedisError) -> RedisConnection {
        let url = try place()
        if let schema, let refusal = schema.mark.refusal(at: schema.name(url)) { throw .newer(reason: refusal) }
        return try RedisConnection(to: url, deadlines: deadlines)
    }

    /// A connection that has been heard from: a socket accepts before the server can serve, and a newer version may have
    /// taken it over. One round trip.
    package func open(_ deadlines: RedisDeadlines) throws(RedisError) -> RedisConnection {
        var connection = try dial(deadlines)
        try greet(&connection)
        return connection
    }

    /// A connection that is to be greeted before anything else is asked.
    package func dial(_ deadlines: RedisDeadlines) throws(RedisError) -> RedisConnection {
        let url = try place()
        do throws(RedisError) {
            return try RedisConnection(to: url, deadlines: deadlines)
        } catch {
            // The companion that would lead to it, or run it, stood back.
            if case .unreachable = error, let schema, let refusal = schema.mark.refusal(at: schema.name(url)) {
                throw .newer(reason: refusal)
            }
            throw error
        }
    }

    /// Asks whether the server serves us, and whether this version may work there: one round trip.
    package func greet(_ connection: inout RedisConnection) throws(RedisError) {
        guard let schema else { return try connection.greet() }
        var told: SchemaRecord?
        do throws(RedisError) {
            told = try connection.ask(ReadRecord<SchemaRecord>(schema.key))
        } catch {
            // What is no hash was put there by a hand, and forbids nothing; nor does what may not be read.
            guard ["WRONGTYPE", "NOPERM"].contains(error.code) else { throw error }
        }
        try schema.mark.note(told, at: schema.name(try place()))
    }

    /// Waits for a server that is on its way.
    package func open(_ deadlines: RedisDeadlines, patience: Duration) throws(RedisError) -> RedisConnection {
        let watch = Stopwatch(limit: patience)
        while true {
            do throws(RedisError) {
                return try open(deadlines)
            } catch {
                if case .newer = error { throw error }
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
