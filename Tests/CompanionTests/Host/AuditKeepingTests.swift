import Companion
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The companion audits every hour, and when another server may be asked.
@Suite(.redisServer) struct AuditKeepingTests {
    private static let minute: Int64 = 60_000

    @Test func whatAServerLacksThatTookOverComesBackWithoutAnHoursWait() async throws {
        let scratch = try Scratch(), server = try RedisServer.ofSuite()
        let settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
            "HOLDFAST_NAMESPACE": "audit-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        let session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789001"))
        let key = try DispatchKey("coder/1"), now = HostClock.wallMilliseconds
        let transcript = try scratch.write("{}\n", to: "claude/projects/-p/\(session).jsonl")
        let logger = LogRecorder().logger
        let audits = AuditKeeping(
            settings: LiveSettings(settings), host: "box",
            reliability: ReliabilityServices(state: settings.state, name: "one", logger: logger), logger: logger)
        await audits.round(at: now)
        // The mirror has it, Redis never got it.
        try BindingMirror(folder: settings.state.bindings).save(
            Binding(
                dispatchKey: key, sessionID: session, lastUsedMilliseconds: now - 1000, host: "box",
                configDirectory: "", cwd: "/p", transcriptPath: transcript))
        func bound() throws -> SessionID? {
            var connection = try server.connect()
            return try connection.ask(SessionRegistry(keys: settings.keys).binding(key))?.sessionID
        }
        await audits.round(at: now + 10 * Self.minute)
        #expect(try bound() == nil, "an hour is not over")
        await audits.lookAgain()
        await audits.round(at: now + 10 * Self.minute)
        #expect(try bound() == session)
    }
}
