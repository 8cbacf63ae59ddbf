import Domain
import Platform
import Settings
import Synchronization
import TestSupport
import Testing

/// Settings that change under a process which runs.
@Suite struct LiveSettingsTests {
    private let scratch: Scratch
    private let settings: LiveSettings

    init() throws {
        scratch = try Scratch()
        try scratch.write("{}", to: "config/holdfast.json")
        settings = LiveSettings(
            try Settings.load(environment: ["HOME": scratch.path, "HOLDFAST_CONFIG_DIR": scratch.path + "/config"]))
    }

    @Test func eachSettingIsOneOrTheOther() {
        // One that is new is named above, or, where it cannot change under a process that runs, in `needsRestart`.
        #expect(Set(OtherValues.all.keys) == Set(Setting.all.map(\.path)))
        #expect(
            Setting.all.filter(\.needsRestart).map(\.path) == [
                "redis.url", "redis.user", "redis.sentinel_user", "redis.tls_ca_file", "redis.tls_cert_file",
                "redis.tls_key_file",
                "redis.tls_server_name", "redis.relay_connections", "pool", "archive.path",
            ])
    }

    @Test(arguments: Setting.all.map(\.path)) func takesEffectOrWaitsForARestart(path: String) async throws {
        let setting = try #require(Setting.all.first { $0.path == path })
        let before = settings.atStart.configuration
        try scratch.write(OtherValues.file([path: try #require(OtherValues.all[path])]), to: "config/holdfast.json")
        let wanted = try JSONValue(parsing: try #require(OtherValues.all[path]))
        #expect(setting.value(in: before) != wanted, "change it to something else")
        if setting.needsRestart {
            try await poll("it waits") {
                settings.look()
                return settings.waitingForRestart == [path]
            }
            #expect(settings.current.configuration == before)
        } else {
            try await poll("it counts") { setting.value(in: settings.current.configuration) == wanted }
            #expect(settings.waitingForRestart == [])
        }
        #expect(settings.atStart.configuration == before)
    }

    @Test func whatIsBrokenLeavesWhatWasUnderstood() async throws {
        let told = Mutex(0)
        settings.onChange { told.withLock { $0 += 1 } }
        try scratch.write(#"{"concurrency": 20}"#, to: "config/holdfast.json")
        try await poll("it counts") { settings.current.configuration.concurrency == 20 }
        try scratch.write(#"{"concurrency": "#, to: "config/holdfast.json")
        try await poll("it is broken") {
            settings.look()
            return settings.trouble != nil
        }
        #expect(settings.current.configuration.concurrency == 20)
        #expect(throws: ConfigurationError.self) { try settings.understood() }
        try scratch.write(#"{"concurrency": 21}"#, to: "config/holdfast.json")
        try await poll("it is mended") { settings.current.configuration.concurrency == 21 }
        #expect(settings.trouble == nil)
        #expect(told.withLock { $0 } == 3)
    }

    @Test func whatIsTakenBackWaitsNoMore() async throws {
        try scratch.write(#"{"pool": "other"}"#, to: "config/holdfast.json")
        try await poll("it waits") {
            settings.look()
            return settings.waitingForRestart == ["pool"]
        }
        Files.remove(scratch.path + "/config/holdfast.json")
        try await poll("it waits no more") {
            settings.look()
            return settings.waitingForRestart == []
        }
    }

    @Test func hearsOfAgentsToo() async throws {
        try scratch.write(#"{"max_session_age_ms": 5000}"#, to: "config/agents.json")
        try await poll("it counts") { settings.current.configuration.ages.standardMilliseconds == 5000 }
    }
}
