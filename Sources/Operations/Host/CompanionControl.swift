internal import Domain
internal import Glibc
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// A companion that was started, or ran already.
package struct RunningCompanion: Encodable, Sendable {
    package let companion = "running"
    /// `?` while it has not told.
    package let pid: String
    package let redis: String
    /// yes or no.
    package let was_running: String
    /// Why page and metrics are not served; nil where they are, or that is not known yet.
    @OrNull package private(set) var page_error: String?

    package var wasRunning: Bool { was_running == "yes" }

    private enum CodingKeys: CodingKey { case companion, pid, redis, was_running, page_error }
}

/// A companion that was stopped.
package struct StoppedCompanion: Encodable, Sendable {
    /// killed where it did not stop by itself; gone where it had ended before, and its Redis had not.
    package enum End: String, Encodable, Sendable {
        case stopped, killed, gone
    }

    package let companion: End
    /// `?` of one that is gone.
    package let pid: String

    init(_ end: End, pid: Int32? = nil) {
        companion = end
        self.pid = pid.map(String.init) ?? "?"
    }
}

extension Workplace {
    private var starter: CompanionStarter { CompanionStarter(settings: settings) }

    /// Starts the companion, and with it the embedded Redis, and waits until both answer.
    /// - Parameter onReplaced: told when one of another build was stopped for it.
    /// - Throws: `Failure`, `FileError`.
    package func startCompanion(onReplaced: () -> Void) throws -> RunningCompanion {
        try settings.state.checkVersion()
        let turn = try takeTurn()
        defer { withExtendedLifetime(turn) {} }
        let starter = starter
        if try stopReplaced() { onReplaced() }
        waitForKilled()
        let wasRunning = starter.isCompanionRunning
        if !wasRunning, starter.start(evenIfRecent: true) == .noExecutable {
            throw Failure(.no, "holdfast-companion is neither beside holdfast nor on PATH; install Holdfast anew")
        }
        let url = try settings.redisURL()
        let isPageTaken = !wasRunning && isPagePlaceTaken
        try waitForRedis()
        try waitForHeartbeat()
        return RunningCompanion(
            pid: starter.companionID.map(String.init) ?? "?", redis: "\(url)", was_running: wasRunning ? "yes" : "no",
            page_error: isPageTaken ? pageError() : nil)
    }

    /// One that was killed a moment ago has its lock yet: it is not taken for one that runs, and who is started beside it
    /// would find no lock.
    private func waitForKilled() {
        let watch = Stopwatch(limit: .seconds(5))
        while let pid = starter.companionID, ProcessTable.isEnding(pid), !watch.isOver { usleep(10_000) }
    }

    /// How long a start is waited for. A busy machine takes its time, a large file of Redis takes tens of seconds to be
    /// read: as long as our companion lives, it is not given up early. Of a Redis that is not ours nothing more is known.
    private var startPatience: Duration { settings.configuration.usesEmbeddedRedis ? .seconds(60) : .seconds(10) }

    /// A companion that cannot start says why, and is not waited for.
    private func waitForRedis() throws {
        let begun = ContinuousClock().now, end = begun + startPatience, failure = StartFailure(settings.state)
        while true {
            do throws(RedisError) {
                _ = try RedisConnector(settings).open(deadlines, patience: .milliseconds(200))
                return
            } catch {
                if let reason = failure.reason, !starter.isCompanionRunning {
                    throw Failure(.no, "the companion could not start: \(reason)", category: .failed)
                }
                let isOver = ContinuousClock().now >= end
                // One that ended without a word had half a minute to be started again by whoever keeps it; one that has not
                // come to its lock yet, on a busy machine, too.
                let isAlone = ContinuousClock().now >= begun + .seconds(30) && !starter.isCompanionRunning
                guard !isOver, !isAlone else {
                    let why = settings.configuration.usesEmbeddedRedis ? failure.reason : nil
                    throw Failure(
                        .redisUnavailable, why ?? "\(error)", remedy: "see \(settings.state.companionLog)")
                }
            }
        }
    }

    /// Whether somebody listens already where the page is to be.
    private var isPagePlaceTaken: Bool {
        let configuration = settings.configuration
        return configuration.dashboardIsOn && LoopbackAddress(configuration.dashboardAddress)?.isListenedOn ?? false
    }

    /// What the companion says of its page, which it tries within moments.
    private func pageError() -> String? {
        let end = ContinuousClock().now + .seconds(3)
        while ContinuousClock().now < end {
            // Without its word there is nothing to say.
            guard var connection = try? connect(), let beat = try? connection.ask(registry.heartbeat(of: host)) else {
                return nil
            }
            if !beat.report.dashboardError.isEmpty { return beat.report.dashboardError }
            usleep(20_000)
        }
        return nil
    }

    /// Makes this process the companion.
    /// - Throws: when it cannot; else it does not return.
    package func becomeCompanion() throws {
        guard let path = CompanionStarter.executable() else {
            throw Failure(.no, "holdfast-companion is neither beside holdfast nor on PATH; install Holdfast anew")
        }
        _ = unsafe CStrings.with([path]) { unsafe execv(path, $0) }
        throw FileError(path: path, number: errno)
    }

    /// Stops the companion and the embedded Redis, which writes its file first.
    /// - Throws: `Failure` where neither runs, it cannot be seen from here, or it or its Redis does not stop.
    package func stopCompanion() throws -> StoppedCompanion {
        let turn = try takeTurn()
        defer { withExtendedLifetime(turn) {} }
        // First, or a hook's child that finds Redis gone would start both again.
        try starter.markStopped()
        waitForKilled()
        guard isAnythingRunning else { throw Failure(.no, "no companion runs on \(settings.state.path)") }
        let stopped = try stopRunning()
        // Its Redis outlives a companion that is killed, whoever did that.
        guard EmbeddedServer(settings.state).stop() else {
            throw Failure(
                .no, "the companion is stopped, and its Redis does not end; see \(settings.state.path)/log/redis.log")
        }
        return stopped
    }

    /// Whether there is something for `stopCompanion` to stop.
    var isAnythingRunning: Bool { starter.isCompanionRunning || EmbeddedServer(settings.state).isRunning }

    private func stopRunning() throws -> StoppedCompanion {
        guard let pid = try visibleCompanion() else {
            // A service manager starts again what was killed, whoever did that.
            try starter.markKilled()
            return StoppedCompanion(.gone)
        }
        return StoppedCompanion(try stop(pid) ? .killed : .stopped, pid: pid)
    }

    /// The process that has the companion's lock, as far as it can be seen from here.
    /// - Returns: nil where none has it, or none any more.
    private func visibleCompanion() throws -> Int32? {
        // One that has just begun has the lock, and has not said yet who it is.
        let watch = Stopwatch(limit: .seconds(2))
        repeat {
            guard starter.isCompanionRunning else { return nil }
            if let pid = starter.companionID, FileLock.isOpen(settings.state.companionLock, in: pid) { return pid }
            usleep(20_000)
        } while !watch.isOver
        throw Failure(
            .no, "the companion of \(settings.state.path) runs where it cannot be seen from here",
            remedy: "stop it there, as in the container that it runs in")
    }

    /// One starts or stops at a time: who starts what is being stopped would wait for a Redis that is gone.
    private struct Turn: ~Copyable {
        let lock: FileLock
    }

    private func takeTurn() throws -> Turn {
        try settings.state.prepare()
        let end = ContinuousClock().now + .seconds(30)
        repeat {
            if let lock = try FileLock.take(settings.state.controlLock) { return Turn(lock: lock) }
            usleep(20_000)
        } while ContinuousClock().now < end
        throw Failure(
            .no, "another 'holdfast up' or 'down' has been at it for 30 s; see \(settings.state.companionLog)")
    }

    /// Stops a companion whose executable is no longer the installed one.
    private func stopReplaced() throws -> Bool {
        // The link of a replaced file says "… (deleted)" and leads nowhere.
        guard let pid = starter.companionID, Files.realPath("/proc/\(pid)/exe") == nil,
            FileLock.isOpen(settings.state.companionLock, in: pid)
        else {
            return false
        }
        _ = try stop(pid)
        return true
    }

    /// Its Redis may take nine seconds of these.
    private static let patience: Duration = .seconds(15)

    /// One that hangs is killed: all that a companion does may end at any point.
    /// - Returns: whether it was.
    private func stop(_ pid: Int32) throws -> Bool {
        let process = ProcessTable.entry(pid)?.process
        guard kill(pid, SIGTERM) == 0 else { throw FileError(path: "companion \(pid)", number: errno) }
        // One that is stopped takes no signal until it goes on.
        kill(pid, SIGCONT)
        if hasEnded(process, within: Self.patience) { return false }
        if isThere(process) {
            try starter.markKilled()
            kill(pid, SIGKILL)
        }
        guard hasEnded(process, within: .seconds(5)) else {
            throw Failure(.no, "companion \(pid) does not stop; see \(settings.state.companionLog)")
        }
        return true
    }

    /// Whether the process still runs, rather than another that was given its number.
    private func isThere(_ process: ClientProcess?) -> Bool {
        process.map { ProcessTable.entry($0.pid)?.process == $0 } ?? false
    }

    /// A companion that ends gives its lock away a moment before it is gone; what was said to be stopped is gone.
    private func hasEnded(_ process: ClientProcess?, within patience: Duration) -> Bool {
        let watch = Stopwatch(limit: patience)
        while starter.isCompanionRunning || isThere(process) {
            if watch.isOver { return false }
            usleep(20_000)
        }
        return true
    }

    /// A heartbeat outlives the companion that it is of: the one that has the lock must have told it.
    private func waitForHeartbeat() throws {
        let end = ContinuousClock().now + .seconds(30)
        var connection = try connect()
        while ContinuousClock().now < end {
            let told = try connection.ask(registry.heartbeat(of: host))?.pid
            if let told, told == starter.companionID, starter.isCompanionRunning { return }
            usleep(20_000)
        }
        throw Failure(.no, "the companion does not answer; see \(settings.state.companionLog)")
    }
}
