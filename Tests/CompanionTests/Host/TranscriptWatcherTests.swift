import Companion
import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What the watcher captures and no hook told of.
@Suite(.redisServer) struct TranscriptWatcherTests {
    private let scratch: Scratch
    private let settings: Settings
    private let session: SessionID

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            "HOLDFAST_REDIS_URL": "unix:\(try RedisServer.ofSuite().socket)",
            "HOLDFAST_NAMESPACE": "watcher-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
    }

    private func write(_ path: String, secondsFromNow seconds: Int) throws {
        try scratch.write(Said.user("one") + "\n" + Said.agent("first") + "\n", to: path)
        let time = timeval(tv_sec: time(nil) + seconds, tv_usec: 0)
        let times = [time, time]
        try #require(unsafe utimes(scratch.path + "/" + path, times) == 0)
    }

    /// A watcher that begins now, and sees what was said at a time from now.
    private func watch(saidAt seconds: Int, in folder: String = "claude") async throws {
        let log = LogRecorder()
        let watcher = TranscriptWatcher(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)), logger: log.logger)
        try write("\(folder)/projects/-p/\(session).jsonl", secondsFromNow: seconds)
        let now = ContinuousClock().now
        await watcher.round(at: now)
        // Nothing was added for long.
        await watcher.round(at: now + .seconds(7200))
        #expect(log.contains("captured what no hook reported"))
    }

    /// Links that are not followed and folders that cannot be listed hide what is said, until they are mended.
    @Test func marksWhatItCannotLookInto() async throws {
        let project = scratch.path + "/claude/projects/-p"
        try Files.makeFolder(project + "/\(session)/subagents")
        let paths = [project + "/\(session).jsonl", project + "/\(session)/subagents/agent-a.jsonl"]
        for path in paths { try #require(unsafe symlink("/nowhere/at/all", path) == 0) }
        // By its name none.
        try #require(unsafe symlink("/nowhere/at/all", project + "/notes.txt") == 0)
        let watcher = TranscriptWatcher(
            settings: LiveSettings(settings), host: "box",
            client: RedisClient(RedisConnector(url: try RedisServer.ofSuite().url)), logger: LogRecorder().logger)
        let marks = UncapturedMarks(settings.state), now = ContinuousClock().now
        await watcher.round(at: now)
        #expect(Set(marks.all(since: 0).map(\.path)) == Set(paths))
        #expect(marks.all(since: 0).allSatisfy { $0.reason.contains("leads nowhere") })
        for path in paths { Files.remove(path) }
        await watcher.round(at: now + .seconds(7200))
        #expect(marks.all(since: 0).isEmpty)
    }

    private var mark: UnreportedMark? { UnreportedMark(settings.state) }

    @Test func missesTheHooksOfASessionAtWork() async throws {
        try await watch(saidAt: 5)
        #expect(mark?.session == session)
    }

    /// A program stores its sessions itself, and may know nothing of hooks.
    @Test func missesNoHookOfWhatAProgramStores() async throws {
        try await watch(saidAt: 5, in: "state/store/own")
        #expect(mark == nil)
    }

    /// What was said before the watcher began may be history.
    @Test func takesHistoryForNoSessionAtWork() async throws {
        try await watch(saidAt: -60)
        #expect(mark == nil)
    }

    @Test func missesNoHookOfASessionOnRecord() async throws {
        var connection = try RedisServer.ofSuite().connect()
        let news = SessionNews(
            .started, of: session, key: nil, at: HostClock.now(), host: "box", maxSessionAgeMilliseconds: 1_000_000)
        _ = try connection.run(SessionRegistry(keys: settings.keys).telling(news, at: HostClock.now()))
        try await watch(saidAt: 5)
        #expect(mark == nil)
    }

    /// A hook of any session that came about then says that they work: the record may have been lost.
    @Test func missesNoHooksThatWork() async throws {
        try Files.write("", to: Latencies(settings.state, of: .hooks).path)
        try await watch(saidAt: 5)
        #expect(mark == nil)
    }
}
