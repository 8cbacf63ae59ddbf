import Domain
import Redis
import Storage
import TestSupport

/// A registry under keys of its own, with a clock that the test moves.
struct Registry: ~Copyable {
    static let hour: Int64 = 3_600_000
    static let host = "box-00000001"

    let keys: Keys
    let registry: SessionRegistry
    var connection: RedisConnection
    /// The server's clock, ms since 1970.
    var now: Int64 = 1_800_000_000_000
    /// This host's time since boot. Runs with the clock, and goes on when that jumps.
    var boot: Int64 = 1_000_000

    init() throws {
        keys = Keys(namespace: "test-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        registry = SessionRegistry(keys: keys)
        connection = try RedisServer.ofSuite().connect()
    }

    var moment: Moment { Moment(wallMilliseconds: now, bootID: "boot-1", bootMilliseconds: boot) }

    mutating func pass(_ milliseconds: Int64) {
        now += milliseconds
        boot += milliseconds
    }

    /// News of this moment.
    func news(
        _ kind: SessionNews.Kind, _ session: String, _ key: DispatchKey?,
        _ change: (inout SessionNews) -> Void = { _ in }
    ) -> SessionNews {
        let id = Self.id(session)
        var news = SessionNews(
            kind, of: id, key: key, at: moment, host: Self.host, maxSessionAgeMilliseconds: 24 * Self.hour)
        news.cwd = "/p"
        news.configDirectory = "/c"
        news.transcriptPath = "/c/projects/-p/\(session).jsonl"
        news.process = ClientProcess(pid: 100, startTicks: 7)
        news.processSpace = "boot-1/4026531836/box"
        news.startIsNotPending = true
        change(&news)
        if news.transcript != .unknown { news.projectsFolder = "1:2" }
        return news
    }

    private static func id(_ name: String) -> SessionID {
        guard let id = SessionID(rawValue: name) else { fatalError("a test's session is a plain word, not \(name)") }
        return id
    }

    /// Tells it now, whenever it happened.
    @discardableResult
    mutating func tell(_ news: SessionNews) throws -> Standing? {
        try connection.run(registry.telling(news, at: moment), now: now)
    }

    @discardableResult
    mutating func tell(
        _ kind: SessionNews.Kind, _ session: String, _ key: DispatchKey?,
        _ change: (inout SessionNews) -> Void = { _ in }
    ) throws -> Standing? {
        try tell(news(kind, session, key, change))
    }

    /// A session whose first turn is over and whose transcript was seen.
    mutating func bind(_ session: String, _ key: DispatchKey) throws {
        try tell(.started, session, key) { $0.source = "startup" }
        pass(10)
        try tell(.stopped, session, key) { $0.transcript = .found }
    }

    mutating func lookUp(_ key: DispatchKey, maxAge: Int64 = 24 * hour) throws -> LookUp.Answer {
        try connection.run(
            registry.lookingUp(key, maxAgeMilliseconds: maxAge, host: Self.host, at: moment), now: now)
    }

    mutating func bound(_ key: DispatchKey) throws -> String? {
        try connection.send(["HGET", keys.binding(key), "session_id"]).text
    }

    mutating func exists(_ key: DispatchKey) throws -> Bool {
        try connection.send(["EXISTS", keys.binding(key)]) == .integer(1)
    }

    mutating func record(_ session: String) throws -> [String: String] {
        try connection.send(["HGETALL", keys.prefix + "session:" + session]).fields
    }

    mutating func counter(_ name: String) throws -> Int64 {
        try connection.send(["HGET", keys.counters, name]).integer ?? 0
    }
}
