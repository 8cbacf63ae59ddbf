internal import Domain
internal import Glibc
internal import Platform
internal import Redis
package import Settings

/// The embedded `redis-server` as a process that is to end: of whoever started it.
package struct EmbeddedServer: Sendable {
    private let state: StateFolder

    package init(_ state: StateFolder) { self.state = state }

    /// The server has it as long as it lives.
    package var lockPath: String { state.redis + "/server.lock" }
    package var pidPath: String { state.redis + "/redis.pid" }

    package var isRunning: Bool { FileLock.isHeld(lockPath) }

    private static let deadlines = RedisDeadlines(connect: .seconds(1), reply: .seconds(1))

    /// Asks the server to write its file and go, until the lock is free. One that was just started does not listen yet, and
    /// would outlive a companion that ends at once; one that does not answer is sent a signal, and is killed in the end: its
    /// file is a second behind at most, and what is missing then is captured again.
    /// - Parameters:
    ///   - child: the process, where this one started it.
    ///   - reap: waits for children that ended.
    ///   - onSignal: told which signal goes to which process.
    /// - Returns: whether it is gone; it takes ten seconds at most.
    package func stop(
        child: Int32? = nil, reap: () -> Void = {}, onSignal: (Int32, _ process: Int32) -> Void = { _, _ in }
    ) -> Bool {
        let asked = Stopwatch(limit: .seconds(4)), signalled = Stopwatch(limit: .seconds(6))
        let killed = Stopwatch(limit: .seconds(9))
        var sent: Int32?
        // Asked before it is looked for: somebody may have removed its folder, and the lock with it.
        repeat {
            if killed.isOver { return false }
            do throws(RedisError) {
                let server = RedisConnector(url: RedisURL(endpoint: .unix(path: state.redisSocket)))
                try server.shutDown(Self.deadlines)
            } catch {
                // A server that shuts down closes the connection without an answer.
            }
            // Then asked again: one that writes its file answers nobody meanwhile, and is asked in vain.
            for _ in 0..<5 {
                reap()
                if !isRunning { return true }
                // No task's sleep: a companion that ends is cancelled, and nobody else wants its thread.
                usleep(20_000)
            }
            let signal = signalled.isOver ? SIGKILL : SIGTERM
            guard asked.isOver, sent != signal, let process = process(child) else { continue }
            sent = signal
            onSignal(signal, process)
            kill(process, signal)
            // One that is stopped takes no signal until it goes on.
            kill(process, SIGCONT)
        } while isRunning
        return true
    }

    /// The server, as this process started it or as it wrote its number down, if that is a process that has its lock.
    private func process(_ child: Int32?) -> Int32? {
        let recorded = (try? Files.read(pidPath, limit: 32)).flatMap { Int32($0.filter { !$0.isWhitespace }) }
        return [child, recorded].compactMap(\.self).first { $0 > 1 && FileLock.isOpen(lockPath, in: $0) }
    }
}
