import Capture
import Companion
import Domain
import GRDB
import Glibc
import Platform
import Redis
import Settings
import Storage
import Synchronization
import TestSupport
import Testing
import Transcripts
import Vault

/// What the companion keeps without being asked.
@Suite(.redisServer) struct VaultKeepingTests {
    private let scratch: Scratch
    private let settings: Settings

    init() throws {
        scratch = try Scratch()
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            "HOLDFAST_REDIS_URL": "unix:\(try RedisServer.ofSuite().socket)",
            "HOLDFAST_NAMESPACE": "vault-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
    }

    private func write(_ session: String, daysAgo: Double, _ words: String = "hello") throws -> String {
        let path = try scratch.write(
            Said.user(words) + "\n" + Said.agent("first") + "\n", to: "claude/projects/-p/\(session).jsonl")
        let time = timeval(tv_sec: time(nil) - Int(daysAgo * 86_400), tv_usec: 0)
        try #require(unsafe utimes(path, [time, time]) == 0)
        return path
    }

    private func session(_ number: Int) -> String {
        "0f3c1a52-1111-4222-8333-" + String(UInt64(number), digits: 12, radix: 16)
    }

    private func keeping(_ url: RedisURL? = nil) throws -> VaultKeeping {
        VaultKeeping(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try url ?? RedisServer.ofSuite().url)), logger: LogRecorder().logger
        )
    }

    @Test(arguments: [true, false]) func whatTheClientIsAboutToDeleteIsKeptAtOnce(isRedisThere: Bool) async throws {
        for number in 0..<50 { _ = try write(session(number), daysAgo: 29) }
        _ = try write(session(60), daysAgo: 10)
        _ = try write(session(61), daysAgo: 0.5)
        try await keeping(isRedisThere ? nil : RedisURL("unix:\(scratch.path)/nowhere")).round(
            at: ContinuousClock().now)
        let vault = try Vault.open(settings)
        #expect(try vault.counts().sessions == 51)
        let safety = try #require(try vault.safety())
        #expect((safety.safe, safety.pending, safety.endangered, safety.old) == (51, 0, 0, 1))
    }

    @Test func whatIsNotToBeRecordedIsNotKept() async throws {
        _ = try write(session(1), daysAgo: 0.5, "[holdfast memory] make one of this")
        try scratch.write(#"{"stopped_keys": [], "stopped_projects": ["/secret"]}"#, to: "state/tracking.json")
        let path = try write(session(2), daysAgo: 0.5)
        let line = Said.user("hello").replacing(#"{"#, with: #"{"cwd":"/secret/place","#, maxReplacements: 1)
        try Files.write(line + "\n", to: path)
        _ = try write(session(3), daysAgo: 0.5)
        try await keeping().round(at: ContinuousClock().now)
        let vault = try Vault.open(settings)
        #expect(try vault.counts().sessions == 1)
        #expect(try vault.safety()?.excluded == 2)
    }

    /// What the companion told last of what it cannot do.
    private final class Complaint: Sendable {
        private let last = Mutex("")

        var words: String { last.withLock { $0 } }
        func hear(_ words: String) { last.withLock { $0 = words } }
    }

    @Test func oneThatCannotBeKeptKeepsNoOtherFromItAndIsTold() async throws {
        for number in 1...7 {
            let name = "claude/projects/-p/\(session(number))/subagents/agent-a\(number).jsonl"
            try scratch.write(Said.user("hello") + "\n", to: name)
        }
        // A folder where a file is expected: of this session nobody can say what was not to be recorded.
        let gaps = settings.state.gaps + "/" + session(1)
        try Files.makeFolder(settings.state.gaps)
        try Files.makeFolder(gaps)
        let complaint = Complaint()
        let keeping = VaultKeeping(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)), logger: LogRecorder().logger,
            onComplaint: { complaint.hear($0) })
        let start = ContinuousClock().now
        func round(after seconds: Int64) async throws -> VaultSafety {
            await keeping.round(at: start + .seconds(seconds))
            return try #require(try Vault.open(settings).safety())
        }
        for number in 1...7 { try rest(session(number), number) }
        let safety = try await round(after: 0)
        #expect((safety.safe, safety.pending) == (6, 1))
        #expect(complaint.words.contains(gaps))
        // A round that does not look at all transcripts says nothing of them.
        _ = try await round(after: 5)
        #expect(complaint.words.contains(gaps))
        Files.removeFolder(gaps)
        #expect(try await round(after: 100_000).safe == 7)
        #expect(complaint.words.isEmpty)
    }

    /// A disk that is full for a moment is no trouble of an hour.
    @Test func tidyingThatFailedIsTriedAgainSoon() async throws {
        let complaint = Complaint(), start = ContinuousClock().now
        let keeping = VaultKeeping(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)), logger: LogRecorder().logger,
            onComplaint: { complaint.hear($0) })
        _ = try Vault.open(settings)
        let index = try DatabaseQueue(path: settings.state.vault + "/index.sqlite")
        try await index.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON meta WHEN NEW.name = 'clock'
                    BEGIN SELECT RAISE(FAIL, 'no room'); END
                    """)
        }
        await keeping.round(at: start)
        #expect(complaint.words.contains("no room"), "\(complaint.words)")
        try await index.write { try $0.execute(sql: "DROP TRIGGER full") }
        await keeping.round(at: start + .seconds(5))
        #expect(!complaint.words.isEmpty, "it stands until the same was done")
        await keeping.round(at: start + .seconds(settings.configuration.checkIntervalSeconds))
        #expect(complaint.words.isEmpty, "\(complaint.words)")
    }

    /// As if it had been written two minutes ago: what is being written is no reason to complain.
    private func rest(_ session: String, _ number: Int) throws {
        let time = timeval(tv_sec: time(nil) - 120, tv_usec: 0)
        let path = scratch.path + "/claude/projects/-p/\(session)/subagents/agent-a\(number).jsonl"
        try #require(unsafe utimes(path, [time, time]) == 0)
    }

    /// What is safe in the vault is lost to nobody, captured or not.
    @Test func whatIsKeptIsNotEndangered() async throws {
        _ = try write(session(1), daysAgo: 29)
        func count() throws -> Int {
            var connection = try RedisServer.ofSuite().connect()
            return try EndangeredTranscripts.count(
                settings: settings, host: "box", over: &connection, isKept: Vault.isKept(in: settings))
        }
        #expect(try count() == 1)
        try await keeping().round(at: ContinuousClock().now)
        #expect(try count() == 0)
        // What turns out not to be what was kept is as good as not kept.
        let packs = settings.state.vault + "/packs"
        try Files.write("broken", to: "\(packs)/\(try #require(try Files.names(in: packs).first))")
        #expect(try Vault.open(settings).verify().damaged.count == 1)
        #expect(try count() == 1)
        // The companion's next look mends that, from the transcript.
        try await keeping().round(at: ContinuousClock().now)
        #expect(try count() == 0)
    }

    @Test func whatIsDamagedIsFoundByItself() async throws {
        _ = try write(session(1), daysAgo: 0.5)
        let keeping = try keeping()
        let start = ContinuousClock().now
        await keeping.round(at: start)
        #expect(try VaultGlance.of(settings.state.vault)?.reading?.doneMilliseconds != nil)
        let packs = settings.state.vault + "/packs"
        try Files.write("broken", to: "\(packs)/\(try #require(try Files.names(in: packs).first))")
        let vault = try Vault.open(settings)
        #expect(try vault.counts().damagedSegments == 0)
        // As if the last reading had begun two days ago.
        let now = HostClock.wallMilliseconds + 2 * 86_400_000
        #expect(try vault.verify(for: .seconds(9), now: now, pause: 86_400_000).damaged.count == 1)
        #expect(try VaultGlance.of(settings.state.vault)?.counts.damagedSegments == 1)
        await keeping.round(at: start + .seconds(100_000))
        #expect(try VaultGlance.of(settings.state.vault)?.counts.damagedSegments == 0)
    }

    @Test func aPartThatCannotBeReadKeepsNoTranscriptFromTheVault() async throws {
        _ = try write(session(1), daysAgo: 0.5)
        try Files.makeFolder(settings.state.vault)
        try Files.makeFolder(settings.state.vault + "/intake")
        try Files.makeFolder(settings.state.vault + "/intake/00000000000001-x-0.part")
        let complaint = Complaint()
        let keeping = VaultKeeping(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)), logger: LogRecorder().logger,
            onComplaint: { complaint.hear($0) })
        await keeping.round(at: ContinuousClock().now)
        #expect(try Vault.open(settings).counts().sessions == 1)
        #expect(complaint.words.contains(".part"))
    }

    private func part(of path: String, _ number: Int) throws {
        let id = try #require(SessionID(rawValue: session(number))), config = scratch.path + "/claude"
        let open = try ClaudeCode().open(path, in: config)
        let part = Intake.Part(
            session: id, name: "\(id).jsonl", path: path, configDirectory: config, host: "box",
            from: try open.cursor(at: 0, generation: 0), to: try open.cursor(at: try open.end(), generation: 0),
            cuts: [])
        try Intake(settings.state).add(part, try Files.bytes(path, limit: 1 << 20), now: Int64(number))
    }

    /// A part lies in clear. What waited for a companion waits no longer, and where there is a key nothing does.
    @Test(arguments: [false, true]) func aPartWaitsNoLongerThanItMust(hasKey: Bool) async throws {
        let live = LiveSettings(settings)
        let keeping = VaultKeeping(
            settings: live, host: "box", client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)),
            logger: LogRecorder().logger)
        let start = ContinuousClock().now
        try part(of: try write(session(1), daysAgo: 0), 1)
        await keeping.round(at: start)
        #expect(try Intake(settings.state).names().isEmpty && Vault.open(settings).counts().plainSegments == 1)
        if hasKey {
            let key = try scratch.write(String(repeating: "a", count: 64), to: "key")
            try Files.setMode(key, 0o600)
            try scratch.write(#"{"vault": {"encrypt_key_file": "\#(key)"}}"#, to: "config/holdfast.json")
            try await poll("the companion knows of the key") { live.current.configuration.vault.encrypts }
        }
        try part(of: try write(session(2), daysAgo: 0), 2)
        await keeping.round(at: start + .seconds(5))
        #expect(try Intake(settings.state).names().count == (hasKey ? 0 : 1))
        let counts = try Vault.open(Settings.load(environment: settings.environment)).counts()
        #expect((counts.plainSegments, counts.sealedSegments) == (hasKey ? (0, 2) : (1, 0)))
    }

    /// A Redis that was emptied knows of no key; this host's files do.
    @Test func whatAKeyHasStaysWhateverRedisForgot() async throws {
        for number in 1...3 { _ = try write(session(number), daysAgo: 0.5, String(repeating: "x", count: 1000)) }
        let start = ContinuousClock().now
        try await keeping().round(at: start)
        try Files.makeFolder(settings.state.bindings)
        try BindingMirror(folder: settings.state.bindings).save(
            Binding(
                dispatchKey: DispatchKey("coder/1"), sessionID: try #require(SessionID(rawValue: session(2))),
                lastUsedMilliseconds: HostClock.wallMilliseconds, host: "box", configDirectory: "", cwd: "",
                transcriptPath: ""))
        var policy = settings.configuration.vault
        policy.maxBytes = 1
        var connection = try RedisServer.ofSuite().connect()
        let bound = try BoundSessions(settings, over: &connection, now: HostClock.wallMilliseconds)
        let outcome = try Vault.open(settings).prune(policy, now: HostClock.wallMilliseconds) {
            try bound.contain($0, over: &connection)
        }
        #expect(outcome.sessions.map(\.rawValue).sorted() == [session(1), session(3)])
    }

    @Test func nothingIsKeptWhereTheVaultIsOff() async throws {
        try scratch.write(#"{"vault": {"enabled": false}}"#, to: "config/holdfast.json")
        _ = try write(session(1), daysAgo: 0.5)
        let live = LiveSettings(try Settings.load(environment: settings.environment))
        let client = RedisClient(RedisConnector(url: try RedisServer.ofSuite().url))
        await VaultKeeping(settings: live, host: "box", client: client, logger: LogRecorder().logger)
            .round(at: ContinuousClock().now)
        #expect(!Files.exists(settings.state.vault))
    }
}
