import Companion
import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
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
