import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The companion with its embedded Redis, each test in a state folder of its own.
@Suite struct CompanionTests {
    /// A state folder whose companion is stopped when the test is over, however it ends.
    struct Home {
        let scratch: Scratch
        let state: StateFolder
        var environment: [String: String]

        init(depth: Int = 0) throws {
            scratch = try Scratch()
            state = StateFolder(path: scratch.path + "/" + String(repeating: "deep-folder/", count: depth) + "state")
            environment = [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": state.path, "HOLDFAST_CONFIG_DIR": scratch.path + "/config",
                "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            ]
        }

        func holdfast(
            _ arguments: String..., input: String = "", with more: [String: String] = [:]
        ) async throws -> Built.Outcome {
            try await Built.run(
                "holdfast", arguments, environment: environment.merging(more) { _, new in new },
                input: Array(input.utf8))
        }

        func connect() throws -> RedisConnection {
            try RedisConnection(
                to: RedisURL(endpoint: .unix(path: state.redisSocket)),
                deadlines: RedisDeadlines(connect: .seconds(5), reply: .seconds(60)))
        }

        func redisID() throws -> Int32 {
            var connection = try connect()
            let info = try connection.send(["INFO", "server"]).text ?? ""
            let line = try #require(info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("process_id:") })
            return try #require(Int32(line.dropFirst("process_id:".count)))
        }

        var companionID: Int32? {
            get throws { CompanionStarter(settings: try Settings.load(environment: environment)).companionID }
        }
    }

    func withHome(depth: Int = 0, _ body: (Home) async throws -> Void) async throws {
        signal(SIGPIPE, SIG_IGN)
        await Turns.companions.take()
        defer { Turns.companions.give() }
        let home = try Home(depth: depth)
        do {
            try await body(home)
        } catch {
            _ = try await home.holdfast("down")
            throw error
        }
        _ = try await home.holdfast("down")
    }

    func isGone(_ pid: Int32) -> Bool { ProcessTable.entry(pid) == nil }

    @Test func startsOnceAndStopsWithItsRedis() async throws {
        try await withHome { (home: Home) async throws in
            #expect(try await home.holdfast("up").output.hasPrefix("companion started"))
            let redis = try home.redisID()
            #expect(try await home.holdfast("up").output.hasPrefix("companion runs already"))
            #expect(try home.redisID() == redis)
            #expect(try await home.holdfast("status").code == 0)
            #expect(try await home.holdfast("down").code == 0)
            #expect(isGone(redis))
            #expect(try await home.holdfast("down").code == 1)
        }
    }

    @Test func setsUpOnceAndUndoesIt() async throws {
        try await withHome { (home: Home) async throws in
            let first = try await home.holdfast("up", "--no-tracking")
            #expect(first.output.contains("self-test: 5 of 5 ok"))
            #expect(first.output.contains("Nothing is recorded: tracking.enabled is false"))
            #expect(first.output.contains("Where it would be: \(home.state.path)"))
            #expect(first.error.contains("plugin: "))
            #expect(try await home.holdfast("tracking", "status").output.contains("(tracking.enabled is false)"))
            let file = home.scratch.path + "/config/holdfast.json"
            let written = try Files.read(file)
            try Files.write(written.replacing("\"enabled\": false", with: "\"enabled\": true"), to: file)
            let refused = try await home.holdfast("up", "--no-tracking")
            #expect(refused.code == 78 && refused.error.contains("set tracking.enabled to false"))
            let second = try await home.holdfast("up")
            #expect(!second.output.contains("Recorded:") && !second.output.contains("configuration"))

            let undone = try await home.holdfast("uninstall", "--purge")
            #expect(undone.code == 0 && undone.output.contains("removed  the companion"))
            #expect(undone.output.contains("left     the programs"))
            #expect(!Files.exists(home.state.path) && !Files.exists(file))
        }
    }

    /// As a mounted volume is. Programs are told nothing there; all else goes on, and nobody is told to remove what is kept.
    @Test func aStateFolderThatOthersMayReadKeepsItFromNothingElse() async throws {
        try await withHome { (home: Home) async throws in
            try Files.makeFolder(home.state.path)
            try Files.setMode(home.state.path, 0o755)
            #expect(try await home.holdfast("up").output.hasPrefix("companion started"))
            let companion = try #require(try home.companionID), redis = try home.redisID()
            var said = ""
            try await poll("it says why programs are not served") {
                said = (try? Files.read(home.state.companionLog)) ?? ""
                return said.contains("programs are not served")
            }
            #expect(said.contains("'chmod go= \(home.state.path)'") && !said.contains("remove"), "\(said)")
            #expect(try await home.holdfast("status").code == 0)
            #expect(try home.companionID == companion && home.redisID() == redis)
            #expect(try await home.holdfast("down").code == 0)
            #expect(isGone(redis))
        }
    }

    @Test func aConfigurationThatCannotBeBegunKeepsNothingFromStarting() async throws {
        try await withHome { (home: Home) async throws in
            // No folder can be made below a file, whoever asks.
            let file = try home.scratch.write("", to: "file")
            let elsewhere = ["HOLDFAST_CONFIG_DIR": file + "/config"]
            let up = try await home.holdfast("up", with: elsewhere)
            #expect(up.code == 0 && up.output.hasPrefix("companion started"), "\(up)")
            #expect(up.error.contains("configuration: \(file)/config"), "\(up)")
            #expect(up.output.contains("self-test: 5 of 5 ok") && !up.output.contains("Recorded:"))
            // Whoever wants nothing recorded must not be recorded all the same.
            let refused = try await home.holdfast("up", "--no-tracking", with: elsewhere)
            #expect(refused.code != 0 && refused.error.contains("\(file)/config"), "\(refused)")
        }
    }

    @Test func anOlderOneDoesNotTouchWhatANewerWrote() async throws {
        try await withHome { (home: Home) async throws in
            try home.state.prepare()
            try Files.write("99.0.0\n", to: home.state.version)
            let up = try await home.holdfast("up")
            #expect(up.code == 78 && up.error.contains("was written by holdfast 99.0.0"))
            for (program, words) in [("holdfast-companion", []), ("holdfast", ["companion"])] {
                let companion = try await Built.run(program, words, environment: home.environment)
                #expect(companion.code == 78 && companion.error.contains("was written by holdfast 99.0.0"))
            }
            Files.remove(home.state.version)
            #expect(try await home.holdfast("up", "--only").output.hasPrefix("companion started"))
            #expect(try Files.read(home.state.version) == "\(Holdfast.version)\n")
        }
    }

    @Test func adoptsARedisThatOutlivedItsCompanion() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let redis = try home.redisID()
            let companion = try #require(try home.companionID)
            kill(companion, SIGKILL)
            try await poll("the companion is gone") { isGone(companion) }
            #expect(try await home.holdfast("up", "--only").output.hasPrefix("companion started"))
            #expect(try home.redisID() == redis)
        }
    }

    @Test func bringsRedisBackWithWhatItKnew() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let redis = try home.redisID()
            var connection = try home.connect()
            // With everysec a kill of the process loses nothing: what was written is the kernel's.
            _ = try connection.send(["SET", "known", "1"])
            kill(redis, SIGKILL)
            try await poll("another redis serves") { (try? home.redisID()).map { $0 != redis } ?? false }
            try await poll("it knows what it knew") {
                guard var again = try? home.connect() else { return false }
                return (try? again.send(["GET", "known"])) == .text("1")
            }
        }
    }

    enum Damage: CaseIterable { case zerosAtTheEnd, noiseInTheMiddle, noManifest }

    @Test(arguments: Damage.allCases)
    func comesBackFromADamagedFile(damage: Damage) async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            var connection = try home.connect()
            for number in 0..<200 {
                _ = try connection.send(["SET", "known:\(number)", String(repeating: "x", count: 64)])
            }
            _ = try await home.holdfast("down")
            let folder = home.state.redis + "/appendonlydir"
            let file = "\(folder)/\(try #require(try Files.names(in: folder).first { $0.hasSuffix(".incr.aof") }))"
            switch damage {
            case .zerosAtTheEnd: try Files.add([UInt8](repeating: 0, count: 4096)[...], to: file)
            case .noiseInTheMiddle:
                var bytes = try Files.bytes(file, limit: 1 << 24)
                let start = try #require(bytes.firstRange(of: Array("known:100".utf8))).lowerBound
                for index in start..<start + 300 { bytes[index] = UInt8(index & 0x7f | 1) }
                Files.remove(file)
                try Files.create(file)
                try Files.add(bytes[...], to: file)
            case .noManifest: Files.remove(folder + "/appendonly.aof.manifest")
            }
            let up = try await home.holdfast("up", "--only")
            #expect(up.code == 0, "\(up)")
            var again = try home.connect()
            let kept = try again.send(["EXISTS"] + (0..<200).map { "known:\($0)" }).integer ?? 0
            switch damage {
            case .zerosAtTheEnd: #expect(kept == 200)
            case .noiseInTheMiddle: #expect(kept == 100)
            // Nothing says which of its files were to be read: Redis itself takes the first for all.
            case .noManifest: break
            }
            if damage != .noManifest {
                #expect(try Files.names(in: home.state.redis).count { $0.contains(".damaged-") } == 1)
                #expect(try Files.read(home.state.companionLog).contains("it is moved aside"))
            }
        }
    }

    /// Folder and mark of the archive are gone: it is said, and there is a way out.
    @Test func namesAnArchiveThatIsGoneAndTakesThePoolWithANewOne() async throws {
        try await withHome { (home: Home) async throws in
            try home.scratch.write(#"{"dashboard": {"enabled": false}}"#, to: "config/holdfast.json")
            _ = try await home.holdfast("up", "--only")
            let added = try await home.holdfast("memory", "add", "Please see to mark-e1z today")
            #expect(added.code == 0, "\(added)")
            let archive = home.scratch.path + "/state/archive", mark = home.state.archiveMark
            try await poll("it is in the archive") { Files.exists(mark) }
            _ = try await home.holdfast("down")
            Files.removeFolder(archive)
            Files.remove(mark)
            _ = try await home.holdfast("up", "--only")
            var said = ""
            for _ in 0..<200 where !said.contains("holdfast pool adopt") {
                said = try await home.holdfast("status").output
            }
            let pool = try home.state.host()
            #expect(said.contains("No companion writes the archive of the pool '\(pool)'"), "\(said)")
            #expect(!said.contains("All is well"))
            let adopted = try await home.holdfast("pool", "adopt", pool)
            #expect(adopted.code == 0 && adopted.output.contains("goes on with an archive on this host"), "\(adopted)")
            for _ in 0..<200 where !said.contains("All is well") {
                said = try await home.holdfast("status").output
            }
            #expect(said.contains("All is well"), "\(said)")
            #expect(try await home.holdfast("pool", "adopt", pool).code == 1)
        }
    }

    /// What keeps it from starting is told where one looks, and nobody is sent in a circle.
    @Test(arguments: ["no server", "a server that cannot run"])
    func saysWhyItCannotStart(case name: String) async throws {
        try await withHome { (home: Home) async throws in
            var home = home
            try home.scratch.write(#"{"dashboard": {"enabled": false}}"#, to: "config/holdfast.json")
            // Only our own programs, and perhaps a server that is none.
            let bin = home.scratch.path + "/bin"
            try Files.makeFolder(bin)
            for program in ["holdfast", "holdfast-hook", "holdfast-companion"] {
                unsafe symlink(Built.folder + "/" + program, bin + "/" + program)
            }
            if name != "no server" {
                try home.scratch.write(
                    "#!/bin/sh\necho 'error while loading shared libraries: libnone.so.1' >&2\nexit 127\n",
                    to: "bin/redis-server")
                _ = unsafe chmod(bin + "/redis-server", 0o755)
            }
            home.environment["PATH"] = bin
            let words = name == "no server" ? "redis-server is not on PATH" : "libnone.so.1"
            let up = try await home.holdfast("up", "--only")
            #expect(up.code != 0 && up.error.contains(words), "\(up)")
            let status = try await home.holdfast("status")
            let line = status.output.split(separator: "\n").first ?? ""
            #expect(line.contains(words) && line.contains("to do: mend that"), "\(line)")
            let doctor = try await home.holdfast("doctor")
            #expect(doctor.output.contains(words), "\(doctor)")
            // Once it is mended nothing is left of it.
            home.environment["PATH"] = nil
            _ = try await home.holdfast("down")
            #expect(try await home.holdfast("up", "--only").code == 0)
            try await poll("it is forgotten") { !Files.exists(home.state.companionFailure) }
        }
    }

    /// Two houses and one port: who came second knows that the page there is another's.
    @Test func knowsWhosePageItIs() async throws {
        let port = Int.random(in: 20_000..<32_000)
        let listen = #"{"dashboard": {"listen": "127.0.0.1:\#(port)"}}"#
        try await withHome { (first: Home) async throws in
            try first.scratch.write(listen, to: "config/holdfast.json")
            #expect(try await first.holdfast("up", "--only").code == 0)
            try await poll("the first serves") {
                LoopbackAddress("127.0.0.1:\(port)").map(Self.isListenedOn) ?? false
            }
            try await withHome { (second: Home) async throws in
                try second.scratch.write(listen, to: "config/holdfast.json")
                let up = try await second.holdfast("up", "--only")
                #expect(up.code == 0, "\(up)")
                // It tries within moments; `up` waits a while for that and no longer.
                var said = up.error
                for _ in 0..<200 where !said.contains("port \(port) is taken") {
                    said = try await second.holdfast("status").output
                }
                for verb in ["status", "doctor"] {
                    let said = try await second.holdfast(verb)
                    #expect(said.output.contains("port \(port) is taken"), "\(said)")
                }
                #expect(try await !second.holdfast("dashboard", "--print").output.contains("pass="))
                #expect(try await first.holdfast("dashboard", "--print").output.contains("pass="))
                _ = try await second.holdfast("down")
                let away = try await second.holdfast("doctor")
                #expect(!away.output.contains("listens on"), "\(away)")
            }
        }
    }

    private static func isListenedOn(_ address: LoopbackAddress) -> Bool {
        guard case .tcp(let host, let port) = address else { return false }
        let url = RedisURL(endpoint: .tcp(host: host, port: port))
        return (try? RedisConnection(to: url, deadlines: .commandLine)) != nil
    }

    /// Memories need a provider; nothing else does.
    @Test func aBrokenProviderStopsMemoriesAlone() async throws {
        try await withHome { (home: Home) async throws in
            try home.scratch.write(
                "{\"dashboard\": {\"enabled\": false},\n\"provider\": {\"kind\": \"openai\", \"modle\": \"m\"}}",
                to: "config/holdfast.json")
            let check = try await home.holdfast("config", "check")
            #expect(check.code == 78, "\(check)")
            #expect(check.error.contains("holdfast.json:2: provider.modle is no setting; did you mean provider.model?"))
            #expect(try await home.holdfast("up", "--only").code == 0)
            let status = try await home.holdfast("status")
            #expect(status.code == 0 && status.output.contains("cannot be used") && status.output.contains("modle"))
            #expect(try await home.holdfast("lookup", "coder/1").code == 1)
            #expect(try await home.holdfast("dispatch", "coder/1", "--", "true").code == 0)
            #expect(try await home.holdfast("doctor").output.contains("modle"))
            #expect(try await home.holdfast("down").code == 0)
        }
    }

    @Test func saysWhereTheKeyIs() async throws {
        let home = try Home()
        func check(_ provider: String, with key: [String: String] = [:]) async throws -> Built.Outcome {
            try home.scratch.write(#"{"provider": \#(provider)}"#, to: "config/holdfast.json")
            return try await home.holdfast("config", "check", with: key)
        }
        for kind in ["openai", "anthropic"] {
            let none = try await check(#"{"kind": "\#(kind)", "model": "m"}"#)
            let name = kind.uppercased() + "_API_KEY"
            #expect(none.code == 78 && none.error.contains("\(name) is not set"), "\(none)")
            let given = try await check(#"{"kind": "\#(kind)", "model": "m"}"#, with: [name: "k"])
            #expect(given.code == 0 && given.output.contains("its key is in \(name)"), "\(given)")
        }
        let local = try await check(#"{"kind": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1"}"#)
        #expect(local.code == 0 && local.output.contains("it has no key"), "\(local)")
    }

    /// A configuration that nobody understands is a trouble of the status, and keeps nobody from stopping what runs.
    @Test func tellsOfABrokenConfigurationAndStopsAllTheSame() async throws {
        try await withHome { (home: Home) async throws in
            try home.scratch.write(#"{"redis": {"uri": 1}, "pool": "mine"}"#, to: "config/holdfast.json.broken")
            _ = try await home.holdfast("up", "--only")
            let pid = try #require(try home.companionID)
            let file = home.scratch.path + "/config/holdfast.json"
            try #require(Files.rename(file + ".broken", to: file))
            let status = try await home.holdfast("status", "--json")
            #expect(status.code == 78 && status.output.contains("\"configuration_broken\""), "\(status)")
            #expect(status.output.contains("redis.uri") && status.output.contains("\"available\" : true"), "\(status)")
            #expect(try await home.holdfast("status").output.contains("The configuration is not understood"))
            #expect(try await home.holdfast("doctor").code == 1)
            #expect(try await home.holdfast("up", "--only").code == 78)
            let stopped = try await home.holdfast("down")
            #expect(stopped.code == 0 && isGone(pid), "\(stopped)")
            try Files.write("{ not JSON", to: file)
            #expect(try await home.holdfast("status").output.contains("The configuration is not understood"))
            #expect(try await home.holdfast("down").code == 1)
        }
    }

    @Test func upAndDownTakeTurns() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up")
            for _ in 0..<4 {
                async let down = home.holdfast("down")
                async let up = home.holdfast("up")
                let (stopped, started) = try await (down, up)
                // Whichever came first: both did what they were asked to.
                #expect(started.code == 0, "\(started)")
                #expect(stopped.code == 0, "\(stopped)")
                _ = try await home.holdfast("up")
            }
        }
    }

    @Test func startsNoSecondRedisWhileTheFirstHangs() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            let redis = try home.redisID()
            kill(redis, SIGSTOP)
            defer { kill(redis, SIGCONT) }
            let companion = try #require(try home.companionID)
            kill(companion, SIGKILL)
            try await poll("the companion is gone") { isGone(companion) }
            #expect(try await home.holdfast("lookup", "coder/1").code == 1)
            let others = try Files.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
                pid != redis && (try? Files.read("/proc/\(pid)/cmdline").contains(home.state.redisSocket)) == true
                    && ProcessTable.entry(pid)?.name == "redis-server"
            }
            #expect(others == [])
            kill(redis, SIGCONT)
            #expect(try await home.holdfast("up", "--only").code == 0)
            #expect(try home.redisID() == redis)
        }
    }

    @Test func isStartedByALookupOnceAMinute() async throws {
        try await withHome { (home: Home) async throws in
            let first = try await home.holdfast("lookup", "coder/1")
            #expect(first.code == 1)
            // A busy machine starts one later than a lookup waits for it.
            #expect(first.error.hasPrefix("holdfast: Redis is away; starting the companion\n"))
            try await poll("it runs") { try home.companionID != nil }
            _ = try await home.holdfast("down")
            let second = try await home.holdfast("lookup", "coder/1")
            #expect(second.error.contains("answering from the mirror"))
            #expect(try home.companionID == nil)
        }
    }

    @Test func isWaitedForByAllWhoMissIt() async throws {
        try await withHome { (home: Home) async throws in
            try await withThrowingTaskGroup(of: (Built.Outcome, Duration).self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        let begun = ContinuousClock().now
                        return (try await home.holdfast("lookup", "coder/1"), ContinuousClock().now - begun)
                    }
                }
                for try await (outcome, took) in group {
                    #expect(!outcome.error.contains("mirror") || took >= .seconds(2), "\(outcome)")
                }
            }
        }
    }

    @Test func staysAwayWhereItIsToldTo() async throws {
        try await withHome { (home: Home) async throws in
            try home.scratch.write(#"{"companion": {"autostart": false}}"#, to: "config/holdfast.json")
            #expect(try await home.holdfast("lookup", "coder/1").error.contains("answering from the mirror"))
            #expect(try home.companionID == nil)
        }
    }

    @Test func listensInTmpWhereThePathIsTooLong() async throws {
        try await withHome(depth: 10) { (home: Home) async throws in
            #expect(home.state.redisSocket.hasPrefix("/tmp/holdfast-"))
            #expect(try await home.holdfast("up", "--only").code == 0)
            #expect(try home.redisID() > 0)
        }
    }

    @Test func goesByWhatAPersonChanges() async throws {
        try await withHome { (home: Home) async throws in
            try home.scratch.write(
                #"{"dashboard": {"enabled": false}, "log_level": "error"}"#, to: "config/holdfast.json")
            _ = try await home.holdfast("up", "--only")
            let socket = home.scratch.path + "/page.sock"
            try home.scratch.write(
                #"{"dashboard": {"listen": "unix:\#(socket)"}, "log_level": "debug", "pool": "other"}"#,
                to: "config/holdfast.json")
            try await poll("the page is served there") { Files.exists(socket) }
            let log = { (try? Files.read(home.state.companionLog)) ?? "" }
            try await poll("it is logged") { log().contains("dashboard listens") }
            try await poll("the change waits") { Files.exists(home.state.restartMark) }
            #expect(try await home.holdfast("status").output.contains("changed: pool"))
            try home.scratch.write(
                #"{"dashboard": {"enabled": false}, "log_level": "debug"}"#, to: "config/holdfast.json")
            try await poll("the page is gone") { !Files.exists(socket) }
            try await poll("nothing waits") { !Files.exists(home.state.restartMark) }
            #expect(try await !home.holdfast("status").output.contains("changed: pool"))
        }
    }

    @Test func sweepsWhenItStarts() async throws {
        try await withHome { (home: Home) async throws in
            _ = try await home.holdfast("up", "--only")
            var connection = try home.connect()
            for words in [
                ["HSET", "{holdfast}:binding:coder/old", "session_id", "old", "last_used_ms", "1000"],
                ["HSET", "{holdfast}:session:old", "dispatch_key", "coder/old", "last_used_ms", "1000"],
                ["ZADD", "{holdfast}:sessions", "1000", "old"],
            ] {
                _ = try connection.send(words)
            }
            _ = try await home.holdfast("down")
            _ = try await home.holdfast("up", "--only")
            var again = try home.connect()
            try await poll("the old binding is swept") {
                try again.send(["EXISTS", "{holdfast}:binding:coder/old"]) == .integer(0)
            }
            #expect(
                try await home.holdfast("metrics").output.contains("claude_session_drops_total{reason=\"swept\"} 1\n"))
        }
    }

    @Test func ofTenStartedAtOnceOneStays() async throws {
        try await withHome { (home: Home) async throws in
            try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<10 { group.addTask { try await home.holdfast("up", "--only").code } }
                for try await code in group { #expect(code == 0) }
            }
            let companion = try #require(try home.companionID)
            let second = try await Built.run("holdfast-companion", environment: home.environment)
            #expect(second.code == 75)
            #expect(try home.companionID == companion)
        }
    }
}
