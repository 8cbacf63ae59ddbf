internal import Glibc
internal import Platform
package import Redis
package import Storage
internal import Synchronization
internal import Threads

/// The companion's way to Redis: one connection that comes back by itself after restarts, `LOADING` and script flushes.
package actor RedisClient {
    private let executor = ThreadExecutor()
    private let connector: RedisConnector
    private let deadlines: RedisDeadlines
    private let onReconnect: @Sendable () -> Void
    private var connection: Box?
    private var wasConnected = false
    private let line = Line()

    /// - Parameter onReconnect: told when a connection stands in the place of one that broke: it may lead to another server,
    ///   or to one that came back older.
    package init(
        _ connector: RedisConnector, deadlines: RedisDeadlines = .companion,
        onReconnect: @escaping @Sendable () -> Void = {}
    ) {
        self.connector = connector
        self.deadlines = deadlines
        self.onReconnect = onReconnect
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
        guard !line.isCut else { throw .unreachable(reason: "the companion stops") }
        if let open = connection {
            do throws(RedisError) {
                return try open.use(work)
            } catch {
                switch error {
                case .rejected, .unexpectedReply: throw error
                case .unreachable where line.isCut: throw error
                case .unreachable: connection = nil
                // One that hangs costs one deadline, not two. One that serves us no more may have been demoted: the next
                // connection asks anew where the server is.
                case .timedOut, .foreign, .newer, .notNow:
                    connection = nil
                    throw error
                }
            }
        }
        connection = nil
        // From here on it can be cut.
        let fresh = Box(try connector.dial(deadlines), on: line)
        try fresh.use(connector.greet)
        let answer = try fresh.use(work)
        connection = fresh
        if wasConnected { onReconnect() }
        wasConnected = true
        return answer
    }

    /// Ends the connection at hand and opens another, which says whether this version may work there.
    package func reopen() throws(RedisError) {
        connection = nil
        try use { _ in }
    }

    /// Ends for good what waits for a reply, from whatever thread: with the companion nobody is to wait for a blocking read.
    package nonisolated func cut() { line.cut() }

    /// The socket of the connection that is open, as others than the actor may see it.
    private final class Line: Sendable {
        private let state = Mutex<(socket: Int32?, isCut: Bool)>((nil, false))

        var isCut: Bool { state.withLock { $0.isCut } }

        /// - Parameter socket: nil before it is closed, so that no other file is taken for it.
        func holds(_ socket: Int32?) {
            state.withLock { state in
                state.socket = socket
                if state.isCut, let socket { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }

        func cut() {
            state.withLock { state in
                state.isCut = true
                if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }
    }

    /// Holds the move-only connection where an optional of it could not be taken apart.
    private final class Box {
        private var connection: RedisConnection
        private let line: Line

        init(_ connection: consuming RedisConnection, on line: Line) {
            self.connection = connection
            self.line = line
            line.holds(self.connection.descriptor)
        }

        deinit { line.holds(nil) }

        func use<Answer>(_ work: (inout RedisConnection) throws(RedisError) -> Answer) throws(RedisError) -> Answer {
            try work(&connection)
        }
    }
}
