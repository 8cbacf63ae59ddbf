import Domain
import Glibc
import Platform
import Settings
import Storage
import TestSupport
import Testing

/// What does not answer is ended all the same, by the command that the trouble names.
extension CompanionTests {
    private func troubles(_ home: Home) async throws -> [String: String] {
        let status = try await home.holdfast("status", "--json").output
        guard case .array(let all)? = try JSONValue(parsing: status)["troubles"] else { return [:] }
        return all.reduce(into: [:]) { told, trouble in
            if case .string(let kind)? = trouble["kind"], case .string(let remedy)? = trouble["remedy"] {
                told[kind] = remedy
            }
        }
    }

    private static let restart = "'holdfast down && holdfast up'"

    /// - Parameter isAdopted: whether it was started by a companion that is gone.
    @Test(arguments: [false, true])
    func aRedisThatHangsIsStartedAnew(isAdopted: Bool) async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let redis = try home.redisID()
            if isAdopted {
                let first = try #require(try home.companionID)
                kill(first, SIGKILL)
                try await poll("it is gone") { isGone(first) }
                _ = try await home.holdfast("up", "--only")
                try #require(try home.redisID() == redis)
            }
            kill(redis, SIGSTOP)
            defer { if !isGone(redis) { kill(redis, SIGKILL) } }
            #expect(try await troubles(home)["redis_hung"]?.hasPrefix(Self.restart) == true)
            let down = try await home.holdfast("down")
            #expect(down.code == 0 && isGone(redis), "\(down)")
            #expect(try await home.holdfast("up", "--only").code == 0)
            #expect(try await troubles(home)["redis_hung"] == nil)
        }
    }

    @Test func aCompanionThatIsStoppedIsReplaced() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let companion = try #require(try home.companionID), redis = try home.redisID()
            kill(companion, SIGSTOP)
            // A minute goes by.
            var connection = try home.connect()
            _ = try connection.send(["ZADD", "{holdfast}:companions", "1000", try home.state.host()])
            let aged = try await Built.run(
                "/bin/touch", ["-d", "2 hours ago", home.state.companionLock], environment: home.environment)
            try #require(aged.code == 0)
            #expect(try await troubles(home)["companion_hung"] == Self.restart)
            let down = try await home.holdfast("down")
            #expect(down.code == 0 && isGone(companion) && isGone(redis), "\(down)")
            #expect(down.output.contains("companion stopped"), "\(down)")
            #expect(try await home.holdfast("up", "--only").code == 0)
            #expect(try await troubles(home)["companion_hung"] == nil)
        }
    }

    /// Another program stands in its place, since a companion heeds SIGTERM.
    @Test func aCompanionThatHeedsNothingIsKilledAndItsRedisEnds() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let companion = try #require(try home.companionID), redis = try home.redisID()
            kill(companion, SIGKILL)
            try await poll("it is gone") { isGone(companion) }
            let deaf =
                #"exec 9<>"$0"; flock -w 60 9 || exit 3; printf %s $$ >"$0"; trap '' TERM; while :; do sleep 1; done"#
            let holder = try SpawnedProcess(
                ["/bin/sh", "-c", deaf, home.state.companionLock], environment: ["PATH": "/usr/bin:/bin"], .init())
            defer { holder.send(SIGKILL) }
            try await poll("it says who it is") {
                let said = (try? Files.read(home.state.companionLock)) ?? ""
                return said.filter { !$0.isWhitespace } == "\(holder.id)"
            }
            let down = try await home.holdfast("down")
            #expect(down.code == 0 && down.output.contains("companion killed (pid \(holder.id))"), "\(down)")
            #expect(holder.exitCodeIfEnded() == 128 + SIGKILL && isGone(redis))
            #expect(Files.exists(home.state.killMark))
        }
    }

    /// As after a `kill -9`, by whomever.
    @Test func theRedisOfACompanionThatIsGoneEnds() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let companion = try #require(try home.companionID), redis = try home.redisID()
            kill(companion, SIGKILL)
            try await poll("it is gone") { isGone(companion) }
            let down = try await home.holdfast("down", "--json")
            #expect(down.code == 0 && isGone(redis), "\(down)")
            #expect(try JSONValue(parsing: down.output)["companion"] == .string("gone"))
            // Nor does a service manager bring it back.
            #expect(Files.exists(home.state.killMark))
            #expect(try await home.holdfast("down").code == 1)
        }
    }

    /// Its first thread has ended, and another has the lock a second longer.
    private static let ending = """
        import ctypes, fcntl, os, platform, sys, threading, time
        lock = open(sys.argv[1], "r+")
        fcntl.flock(lock, fcntl.LOCK_EX)
        control = os.open(sys.argv[2], os.O_RDWR)
        def end():
            try:
                while True:
                    fcntl.flock(control, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    fcntl.flock(control, fcntl.LOCK_UN)
                    time.sleep(0.005)
            except BlockingIOError:
                time.sleep(1)
            os._exit(0)
        threading.Thread(target=end).start()
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        ctypes.CDLL(None).syscall(60 if platform.machine() == "x86_64" else 93, 0)
        """

    @Test func upDoesNotTakeOneThatEndsForOneThatRuns() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let companion = try #require(try home.companionID)
            kill(companion, SIGKILL)
            let holder = try SpawnedProcess(
                ["/usr/bin/python3", "-c", Self.ending, home.state.companionLock, home.state.controlLock],
                environment: ["PATH": "/usr/bin:/bin"], .init())
            defer { holder.send(SIGKILL) }
            try await poll("its first thread has ended") { ProcessTable.isEnding(holder.id) }
            let up = try await home.holdfast("up", "--only", "--json")
            #expect(try JSONValue(parsing: up.output)["was_running"] == .string("no"), "\(up)")
            #expect(try home.companionID != nil)
        }
    }

    /// A service manager starts again what was killed: what `down` has killed it does not get back by itself, and once a
    /// person starts it there it runs.
    @Test func whatDownKilledIsNotBroughtBackByAServiceManager() async throws {
        try await withHome { (home: Home) async throws in
            try home.state.prepare()
            let starter = CompanionStarter(settings: try Settings.load(environment: home.environment))
            try starter.markStopped()
            try starter.markKilled()
            let words = ["-c", "SYSTEMD_EXEC_PID=$$ exec \(Built.folder)/holdfast-companion"]
            let brought = try await Built.run("/bin/sh", words, environment: home.environment)
            #expect(brought.code == 75 && brought.error.contains("stopped by 'holdfast down'"), "\(brought)")
            #expect(!Files.exists(home.state.killMark))
            let started = try SpawnedProcess(["/bin/sh"] + words, environment: home.environment, .init())
            defer { started.send(SIGKILL) }
            try await poll("it runs") { starter.companionID == started.id }
        }
    }

    /// The state folder of a container's neighbour: its number means another process here.
    @Test func aProcessThatHasNotTheLockIsSentNoSignal() async throws {
        try await withHome { (home: Home) async throws in
            try home.state.prepare()
            let sleeper = try SpawnedProcess(["/bin/sleep", "600"], environment: [:], .init())
            defer { sleeper.send(SIGKILL) }
            guard let lock = try FileLock.take(home.state.companionLock) else { throw PollTimeout(description: "held") }
            try lock.write("\(sleeper.id)")
            let down = try await home.holdfast("down")
            #expect(down.code == 1 && down.error.contains("cannot be seen from here"), "\(down)")
            _ = consume lock
            // The same of a Redis.
            let server = EmbeddedServer(home.state)
            try Files.makeFolder(home.state.redis)
            guard let held = try FileLock.take(server.lockPath) else { throw PollTimeout(description: "held") }
            try Files.write("\(sleeper.id)\n", to: server.pidPath)
            #expect(!server.stop(child: sleeper.id))
            #expect(sleeper.exitCodeIfEnded() == nil && !isGone(sleeper.id))
            _ = consume held
        }
    }
}
