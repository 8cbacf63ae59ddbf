import Domain
import Integrity
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

/// What another server never got that became master: a key's session comes back from this host's mirror.
@Suite(.redisServer) struct LostBindingTests {
    private let host: TestHost
    private let key: DispatchKey
    private let session: SessionID
    private let used = HostClock.wallMilliseconds - 60_000

    init() throws {
        host = try TestHost()
        key = try DispatchKey("coder/1")
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789001"))
        let transcript = try host.scratch.write("{}\n", to: "claude/projects/-p/\(session).jsonl")
        let binding = Binding(
            dispatchKey: key, sessionID: session, lastUsedMilliseconds: used, host: host.host, configDirectory: "/c",
            cwd: "/p", transcriptPath: transcript)
        try BindingMirror(folder: host.settings.state.bindings).save(binding)
        var news = SessionNews(
            .stopped, of: session, key: key,
            at: Moment(wallMilliseconds: used, bootID: "another", bootMilliseconds: 1), host: host.host,
            maxSessionAgeMilliseconds: 172_800_000)
        (news.transcriptPath, news.transcript, news.configDirectory) = (transcript, .found, "/c")
        var connection = try host.server.connect()
        _ = try connection.run(registry.telling(news, at: HostClock.now()))
    }

    private var registry: SessionRegistry { SessionRegistry(keys: host.keys) }

    private func bound() throws -> SessionID? {
        var connection = try host.server.connect()
        let found = try connection.run(
            registry.lookingUp(
                key, maxAgeMilliseconds: 172_800_000, host: host.host, at: HostClock.now(), peek: true))
        return found.binding.sessionID
    }

    /// - Returns: what was found, and what of it was mended.
    private func audited() throws -> (found: [Finding.Kind], mended: Int) {
        var connection: RedisConnection? = try host.server.connect()
        var report = Audit(settings: host.settings, host: host.host).run(over: &connection, isDeep: false)
        #expect(report.unseen.isEmpty, "\(report.unseen)")
        let found = report.findings.map(\.kind)
        try SmallRepair(settings: host.settings, host: host.host).run(
            &report, over: &connection, now: HostClock.wallMilliseconds)
        return (found, report.findings.count { $0.outcome == .mended })
    }

    @Test(arguments: [true, false]) func itComesBack(isSessionKnown: Bool) throws {
        let before = try audited().found
        #expect(before.isEmpty)
        #expect(try bound() == session)
        if isSessionKnown {
            _ = try host.redis(["DEL", host.keys.binding(key).name])
            _ = try host.redis(["ZREM", host.keys.bindings.name, key.rawValue])
        } else {
            try host.removeAllKeys()
        }
        #expect(try bound() == nil)
        let audit = try audited()
        #expect(audit.found == [.binding_missing])
        #expect(audit.mended == 1)
        #expect(try bound() == session)
        #expect(try audited().found.isEmpty)
    }

    @Test(arguments: [true, false]) func whatWasClearedSinceStaysAway(isSince: Bool) throws {
        try host.removeAllKeys()
        let cleared = used + (isSince ? 1000 : -1000)
        _ = try host.redis(["SET", host.keys.cleared(key).name, "\(cleared) another-boot 5"])
        #expect(try audited().found == (isSince ? [] : [.binding_missing]))
        #expect(try bound() == (isSince ? nil : session))
    }

    @Test func aLaterOneThatWasLostTakesThePlaceOfTheOneBefore() throws {
        // What the server has that took over is the session from before.
        let before = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789002"))
        try host.removeAllKeys()
        var news = SessionNews(
            .stopped, of: before, key: key,
            at: Moment(wallMilliseconds: used - 5000, bootID: "another", bootMilliseconds: 1), host: "box-2",
            maxSessionAgeMilliseconds: 172_800_000)
        news.transcript = .found
        var connection = try host.server.connect()
        _ = try connection.run(registry.telling(news, at: HostClock.now()))
        #expect(try bound() == before)
        #expect(try audited().found == [.binding_missing])
        #expect(try bound() == session)
        // One that was chosen later stays.
        (news.moment.wallMilliseconds, news.moment.bootMilliseconds) = (used + 5000, 10_001)
        _ = try connection.run(registry.telling(news, at: HostClock.now()))
        #expect(try bound() == before)
        #expect(try audited().found.isEmpty)
        #expect(try bound() == before)
    }

    @Test func whatWasForgottenHereStaysAway() throws {
        try host.removeAllKeys()
        try Tombstones(host.settings.state).add(Tombstone(of: session, isWhole: true))
        #expect(try audited().found.isEmpty)
        #expect(try bound() == nil)
    }

    @Test func whatHasNoTranscriptAnyMoreStaysAway() throws {
        try host.removeAllKeys()
        Files.remove("\(host.scratch.path)/claude/projects/-p/\(session).jsonl")
        #expect(try audited().found.isEmpty)
        #expect(try bound() == nil)
    }
}
