package import Domain
internal import Platform
package import Redis
internal import Threads

/// The companion's way to Redis: one connection that comes back by itself after restarts, `LOADING` and script flushes.
package actor RedisClient {
    private let executor = ThreadExecutor()
    private let url: @Sendable () -> RedisURL
    private let deadlines: RedisDeadlines
    private var connection: Box?

    /// - Parameter url: asked before each connect, since the address of a named host may change.
    package init(deadlines: RedisDeadlines = .companion, url: @escaping @Sendable () -> RedisURL) {
        self.url = url
        self.deadlines = deadlines
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package func ask<Query: RedisQuery>(_ query: Query) throws(RedisError) -> Query.Answer {
        try use { connection throws(RedisError) in try connection.ask(query) }
    }

    package func run<Script: RedisScript>(_ script: Script) throws(RedisError) -> Script.Answer {
        try use { connection throws(RedisError) in try connection.run(script) }
    }

    /// Tries once on the connection at hand and, should that be broken, once on a new one. All scripts bear
    /// being run twice, so a reply lost on the way does no harm.
    package func use<Answer: Sendable>(
        _ work: @Sendable (inout RedisConnection) throws(RedisError) -> Answer
    ) throws(RedisError) -> Answer {
        if let open = connection {
            do throws(RedisError) {
                return try open.use(work)
            } catch {
                switch error {
                case .rejected, .unexpectedReply: throw error
                case .unreachable: connection = nil
                // One that hangs costs one deadline, not two. One that serves us no more may have been demoted: the next
                // connection asks anew where the server is.
                case .timedOut, .notNow:
                    connection = nil
                    throw error
                }
            }
        }
        let fresh = Box(try RedisConnection(to: url(), deadlines: deadlines))
        let answer = try fresh.use(work)
        connection = fresh
        return answer
    }

    /// Holds the move-only connection where an optional of it could not be taken apart.
    private final class Box {
        private var connection: RedisConnection

        init(_ connection: consuming RedisConnection) { self.connection = connection }

        func use<Answer>(_ work: (inout RedisConnection) throws(RedisError) -> Answer) throws(RedisError) -> Answer {
            try work(&connection)
        }
    }
}
