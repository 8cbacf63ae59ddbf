internal import Domain
internal import Glibc
package import Platform
package import Redis
package import Settings

/// Starts the companion where Redis is reached by it: one starter at a time, at most once a minute.
package struct CompanionStarter: Sendable {
    static let pause: Int64 = 60_000

    package let settings: Settings

    package init(settings: Settings) {
        self.settings = settings
    }

    /// Connects; a missing companion, with its Redis or its relay, is started and waited for.
    /// - Parameters:
    ///   - patience: how long to wait for a companion that was started.
    ///   - onStart: told before one is started.
    package func connect(
        deadlines: RedisDeadlines, patience: Duration, onStart: () -> Void = {}
    ) throws(RedisError) -> RedisConnection {
        let connector = RedisConnector(settings)
        do throws(RedisError) {
            return try connector.open(deadlines)
        } catch {
            guard error.isAway, settings.reachesRedisByCompanion, settings.configuration.companionAutostart
            else { throw error }
            // A server that hangs is there; starting another would not help.
            if case .timedOut = error { throw error }
            // One that is too old would stand back again.
            if case .newer = error { throw error }
            // The relay is there, and what it leads to is away.
            if !settings.configuration.usesEmbeddedRedis, isCompanionRunning { throw error }
            switch start(onStart) {
            case .started, .othersStart: break
            case .noExecutable, .stopped: throw error
            case .tooSoon:
                // It may run and load its file: worth the wait. Where none runs, the last start was in vain.
                if !isCompanionRunning, case .unreachable = error { throw error }
            }
        }
        return try connector.open(deadlines, patience: patience)
    }

    package enum Start: Sendable, Equatable {
        case started
        /// Another process does so now, or did a moment ago.
        case othersStart
        /// The last start was less than a minute ago.
        case tooSoon
        case noExecutable
        /// A person stopped it.
        case stopped
    }

    /// Whether `holdfast down` was the last word. A restart of the machine ends that.
    package var isStoppedByPerson: Bool {
        (try? Files.read(settings.state.stopMark, limit: 64)) == HostClock.now().bootID
    }

    /// Before the companion is killed by a person's wish: a service manager takes that for a failure.
    package func markKilled() throws(FileError) {
        try Files.write(HostClock.now().bootID, to: settings.state.killMark)
    }

    /// Whether the companion was killed so a moment ago. It is said once.
    package func takeKillMark() -> Bool {
        defer { Files.remove(settings.state.killMark) }
        // Mostly there is none.
        guard let mark = try? Files.status(settings.state.killMark) else { return false }
        let age = HostClock.wallMilliseconds - Int64(mark.st_mtim.tv_sec) * 1000
        return age < Self.restart
    }

    /// A service manager starts again within seconds (`RestartSec`), ms.
    private static let restart: Int64 = 15_000

    /// Nothing starts the companion by itself from now on, not even what is on its way to.
    package func markStopped() throws(FileError) {
        try Files.write(HostClock.now().bootID, to: settings.state.stopMark)
    }

    package func clearStopMark() { Files.remove(settings.state.stopMark) }

    /// How long a start may take until the companion shows.
    private static let startup: Int64 = 5000

    /// - Parameter evenIfRecent: a person asked for it.
    @discardableResult
    package func start(_ onStart: () -> Void = {}, evenIfRecent: Bool = false) -> Start {
        if evenIfRecent { clearStopMark() }
        guard !isStoppedByPerson else { return .stopped }
        guard let executable = Self.executable() else { return .noExecutable }
        do throws(FileError) {
            try settings.state.prepare()
            guard let lock = try FileLock.take(settings.state.autostartStamp) else { return .othersStart }
            let last = Int64((try? Files.read(settings.state.autostartStamp, limit: 32)) ?? "") ?? 0
            let since = abs(HostClock.wallMilliseconds - last)
            if !evenIfRecent, since <= Self.pause { return since < Self.startup ? .othersStart : .tooSoon }
            // What a person asked for does not count.
            if !evenIfRecent { try lock.write(String(HostClock.wallMilliseconds)) }
        } catch {
            return .tooSoon
        }
        onStart()
        return Detached.start(executable, arguments: ["--detached"], words: settings.state.companionFailure)
            ? .started : .noExecutable
    }

    /// The companion holds its lock as long as it lives.
    package var isCompanionRunning: Bool {
        do throws(FileError) {
            return try FileLock.take(settings.state.companionLock) == nil
        } catch {
            return false
        }
    }

    package var companionID: Int32? {
        // One that has just taken the lock has not written its pid yet: it runs, and who it is is not known.
        guard isCompanionRunning, let text = try? Files.read(settings.state.companionLock, limit: 32) else {
            return nil
        }
        return Int32(text)
    }

    /// Beside this executable, in the `bin` of the prefix a plugin folder belongs to, or on PATH.
    package static func executable(_ name: String = "holdfast-companion") -> String? {
        let own = Files.realPath("/proc/self/exe") ?? ""
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ""
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        let folders = [folder, folder + "/../../../../bin"] + path.split(separator: ":").map(String.init)
        return folders.map { "\($0)/\(name)" }.first(where: Files.isExecutable).map { Files.realPath($0) ?? $0 }
    }
}
