import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct CommandLineTests {
    @Test(arguments: ["bash", "zsh", "fish"])
    func completesInEveryShell(shell: String) async throws {
        let outcome = try await Built.run("holdfast", ["--generate-completion-script", shell])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("resume-failed"))
    }

    @Test func answersALookupWithVerdictAndRemedy() async throws {
        let house = try House()
        let none = try await house.holdfast("lookup", "coder/1", "--json")
        #expect(none.code == 1)
        #expect(none.output.contains("\"verdict\" : \"none\""))
        #expect(none.output.contains("\"remedy\""))
        try await house.bind("good")
        let json = try await house.holdfast("lookup", "coder/1", "--json")
        #expect(json.code == 0)
        #expect(json.output.contains("\"session_id\" : \"good\""))
        #expect(json.output.contains("\"verdict\" : \"resumable\""))
    }

    @Test func forgetsWhatIsTooOldBindingAndCandidateAlike() async throws {
        let house = try House()
        try await house.bind("old")
        let age = ["MAX_SESSION_AGE_MS": "1000"]
        var connection = try house.server.connect()
        for key in ["\(house.keys.prefix)session:old", house.keys.binding(try DispatchKey("coder/1")).name] {
            _ = try connection.send(["HSET", key, "last_used_ms", String(HostClock.wallMilliseconds - 2000)])
        }
        #expect(
            try await house.holdfast("why", "coder/1", with: age).output.contains(
                "starts fresh: session old was unused"))
        #expect(try house.bound() == "old")
        _ = try connection.send(["HSET", house.keys.binding(DispatchKey("coder/1")), "candidate_id", "old"])
        _ = try connection.send(["HDEL", house.keys.binding(DispatchKey("coder/1")), "session_id"])
        #expect(try await house.holdfast("lookup", "coder/1", with: age).code == 1)
    }

    @Test func tellsWhyWithoutChangingAnything() async throws {
        let house = try House()
        try await house.bind("good")
        let why = try await house.holdfast("why", "coder/1")
        #expect(why.code == 0)
        #expect(why.output.hasPrefix("The next dispatch of coder/1 resumes session good"))
        #expect(why.output.contains("Last change: session good ended (other)"))
        Files.remove(house.transcript("good"))
        #expect(try await house.holdfast("why", "coder/1").output.contains("is gone"))
        #expect(try house.bound() == "good")
    }

    @Test func dropsBySentenceAndNeverWithoutEvidence() async throws {
        let house = try House()
        try await house.bind("s")
        #expect(try await house.holdfast("resume-failed", "coder/1").code == 64)
        let other = try await house.holdfast(
            "resume-failed", "coder/1", "--stderr", "-", input: "API Error: 529 overloaded")
        #expect(other.code == 64)
        // What the client said of another session is no evidence.
        let mine = "4c1d77a0-0f0e-4b51-9d6c-2f4d5f3a8e11"
        let another = try await house.holdfast(
            "resume-failed", "coder/1", "--session", mine, "--stderr", "-",
            input: "No conversation found with session ID: 11111111-1111-4111-8111-111111111111")
        #expect(another.code == 64, "\(another)")
        let kept = try await house.holdfast(
            "resume-failed", "coder/1", "--stderr", "-", input: "No conversation found with session ID: s")
        #expect(kept.code == 1)
        #expect(kept.output.contains("is kept"))
        Files.remove(house.transcript("s"))
        let dropped = try await house.holdfast(
            "resume-failed", "coder/1", "--stderr", "-", input: "No conversation found with session ID: s")
        #expect(dropped.output.contains("was dropped"))
        #expect(try house.bound() == nil)
        #expect(try house.counter("claude_session_resume_failures_total") == 2)
    }

    @Test func listsShowsDropsAndSweepsSessions() async throws {
        let house = try House()
        try await house.bind("s")
        #expect(try await house.holdfast("sessions").output.contains("coder/1"))
        #expect(try await house.holdfast("sessions", "show", "s").output.contains("last_used_at"))
        #expect(try await house.holdfast("sessions", "show", "nobody").code == 1)
        #expect(try await house.holdfast("sessions", "sweep").output == "dropped 0 sessions\n")
        #expect(try await house.holdfast("sessions", "drop", "coder/1").output == "dropped session s of coder/1\n")
        #expect(try await house.holdfast("sessions", "drop", "coder/1").code == 1)
        let none = try await house.holdfast("lookup", "coder/1", "--no-restore")
        #expect(none.code == 1 && none.output.isEmpty && none.error.contains("none: "), "\(none)")
    }

    @Test func printsMetricsThatPrometheusReads() async throws {
        let house = try House()
        try await house.bind("s")
        _ = try await house.holdfast("lookup", "coder/1")
        let metrics = try await house.holdfast("metrics")
        #expect(metrics.output.contains("claude_session_lookups_total 1\n"))
        #expect(metrics.output.contains("claude_session_drops_total{reason=\"missing\"} 0\n"))
        let check = try await Built.run("promtool", ["check", "metrics"], input: Array(metrics.output.utf8))
        #expect(check == Built.Outcome(code: 0, output: "", error: ""))
    }

    /// Counters that were at zero for a while would look as if they had begun anew.
    @Test func leavesOutWhatItCannotKnowWhileRedisIsAway() async throws {
        let house = try House()
        let metrics = try await house.holdfast("metrics", with: ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"])
        #expect(metrics.code == 0)
        #expect(metrics.output.contains("holdfast_redis_up 0\n"))
        #expect(!metrics.output.contains("claude_session_lookups_total"))
    }

    /// What an earlier version recorded resumes; the process that it names is dead, or nobody says where its number counts.
    @Test(arguments: ["idle", "active", "ended"])
    func resumesWhatAnEarlierVersionBound(state: String) async throws {
        let house = try House()
        let folder = StateFolder(path: house.scratch.path + "/state")
        try folder.prepare()
        let host = try folder.host(), now = HostClock.wallMilliseconds - 5000, moment = HostClock.now()
        let transcript = house.transcript("s"), told = ISOTime.text(now)
        try Files.write(#"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: transcript)
        let place = [
            "host": host, "cwd": house.scratch.path, "config_dir": house.scratch.path + "/claude",
            "transcript_path": transcript, "last_used_at": told, "last_used_ms": "\(now)",
        ]
        let session = [
            "state": state, "source": "startup", "pid": "4194300", "pid_start": "7", "turns": "3",
            "dispatch_key": "coder/1", "started_at": told, "projects_folder": "1:2",
            "last_event": "\(moment.bootID) \(moment.bootMilliseconds - 5000)",
        ].merging(place) { own, _ in own }
        let binding = ["session_id": "s", "bound_at": told].merging(place) { own, _ in own }
        var connection = try house.server.connect()
        let key = try house.keys.binding(DispatchKey("coder/1")).name
        for (name, fields) in [(house.keys.prefix + "session:s", session), (key, binding)] {
            _ = try connection.send(["HSET", name] + fields.flatMap { [$0.key, $0.value] })
        }
        _ = try connection.send(["ZADD", house.keys.sessions.name, "\(now)", "s"])
        _ = try connection.send(["ZADD", house.keys.bindings.name, "\(now + 86_400_000)", "coder/1"])
        let found = try await house.holdfast("lookup", "coder/1")
        #expect(found.code == 0 && found.output == "s\n", "\(found)")
        #expect(try await house.holdfast("sessions").output.contains("coder/1"))
    }

    @Test func exitsAsTheTableSays() async throws {
        let house = try House()
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        #expect(try await house.holdfast("lookup", "a\nb").code == 65)
        #expect(try await house.holdfast("frobnicate").code == 64)
        #expect(try await house.holdfast("sessions", with: away).code == 69)
        #expect(try await house.holdfast("status", with: away).code == 69)
        #expect(try await house.holdfast("metrics", with: ["HOLDFAST_REDIS_URL": "rediss://one,two"]).code == 78)
        try house.scratch.write(#"{"redis": {"uri": 1}}"#, to: "config/holdfast.json")
        let bad = try await house.holdfast("config", "check")
        #expect(bad.code == 78)
        #expect(bad.error.contains("redis.uri"))
    }

    /// The relay would say it only when it connects, at night.
    @Test(arguments: ["tls_ca_file", "tls_cert_file"])
    func saysWhichCertificatesCannotBeRead(name: String) async throws {
        let house = try House(), file = house.scratch.path + "/ca.pem"
        try house.scratch.write("no certificate", to: "ca.pem")
        try house.scratch.write(#"{"redis": {"\#(name)": "\#(file)"}}"#, to: "config/holdfast.json")
        let check = try await house.holdfast("config", "check", with: ["HOLDFAST_REDIS_URL": "rediss://one"])
        #expect(check.code == 78)
        #expect(check.error.contains("redis.\(name): \(file) is no readable file of PEM certificates"), "\(check)")
        // Who speaks no TLS needs none.
        #expect(try await house.holdfast("config", "check").code == 0)
    }

    @Test func saysWhatToMendWhenTheLoginIsRefused() async throws {
        try await RedisServer.run { server in
            try await RedisServer.$current.withValue(server) {
                let house = try House()
                var connection = try server.connect()
                _ = try connection.send(["CONFIG", "SET", "requirepass", "s3cret"])
                let refused = try await house.holdfast("sessions")
                #expect(refused.code == 69)
                #expect(refused.error.contains("mend user and password in redis.url"))
            }
        }
    }

    @Test func beginsAConfigurationOnceAndReadsIt() async throws {
        let house = try House()
        #expect(try await house.holdfast("config", "init").output.contains("written"))
        #expect(try await house.holdfast("config", "init").output.contains("kept"))
        #expect(try await house.holdfast("config", "check").code == 0)
        #expect(try await house.holdfast("config", "show").output.contains("sweep_interval_seconds"))
    }

    @Test func bringsAConfigurationToItsForm() async throws {
        let house = try House()
        let nowhere = ["HOLDFAST_CONFIG_DIR": house.scratch.path + "/nowhere"]
        #expect(try await house.holdfast("config", "migrate", with: nowhere).code == 1)
        try house.scratch.write(#"{"version": 1, "pool": "build"}"#, to: "config/holdfast.json")
        let check = try await house.holdfast("config", "check")
        #expect(check.output.contains("not in the file yet: redis.url and "), "\(check)")
        let told = try await house.holdfast("config", "migrate", "--dry-run")
        #expect(told.output.contains("would add  redis.url\n") && !told.output.contains("  pool\n"), "\(told)")
        #expect(try Files.read(house.scratch.path + "/config/holdfast.json").count < 40)
        let done = try await house.holdfast("config", "migrate", "--json")
        let report = try JSONValue(parsing: done.output)
        #expect(report["outcome"]?.text == #""written""#, "\(done)")
        #expect(done.output.contains("holdfast.json.old-1\""), "\(done)")
        #expect(try await house.holdfast("config", "show").output.contains("build"))
        #expect(try await house.holdfast("config", "migrate").output.contains("is of this version's form"))
        #expect(try await !house.holdfast("config", "check").output.contains("not in the file"))
    }

    @Test func testsItselfAndLeavesNothingBehind() async throws {
        let house = try House()
        // A hook that gets no answer within its milliseconds leaves a note: as `up` does, it is tried again.
        var outcome = try await house.holdfast("doctor", "--self-test")
        for _ in 0..<4 where outcome.code != 0 { outcome = try await house.holdfast("doctor", "--self-test") }
        #expect(outcome.code == 0, "\(outcome)")
        for step in ["recorded", "looked up", "resumed", "dropped"] { #expect(outcome.output.contains("ok  \(step)")) }
        var connection = try house.server.connect()
        let left = try connection.send(["KEYS", "{holdfast-selftest-*"])
        #expect(left == .array([]))
        #expect(try Files.names(in: house.scratch.path + "/state").filter { $0.hasPrefix("selftest") }.isEmpty)
    }

    /// Who forgets the quotes means the same words.
    @Test func takesFreeTextAsSeveralWords() async throws {
        let house = try House()
        for verb in [["memory", "search", "alpha", "beta"], ["memory", "add", "alpha", "beta", "--wait", "0"]] {
            let outcome = try await Built.run("holdfast", verb, environment: house.environment)
            #expect(outcome.code != 64, "\(outcome)")
        }
    }
}
