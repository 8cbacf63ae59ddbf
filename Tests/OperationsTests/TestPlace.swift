import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A workplace of a test's own on the suite's Redis.
final class TestPlace {
    let scratch: Scratch
    let place: Workplace
    var connection: RedisConnection
    private var pushed = 0

    /// - Parameters:
    ///   - configuration: the content of `holdfast.json`.
    ///   - maxSessionAge: of every session, ms.
    init(_ configuration: String = "{}", maxSessionAge: Int = 86_400_000, server: RedisServer? = nil) throws {
        let server = try server ?? RedisServer.ofSuite()
        scratch = try Scratch()
        try scratch.write(configuration, to: "config/holdfast.json")
        let settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
            "HOLDFAST_NAMESPACE": "place-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
            "CLAUDE_CONFIG_DIR": scratch.path + "/claude", "MAX_SESSION_AGE_MS": String(maxSessionAge),
        ])
        place = try Workplace(settings: settings)
        connection = try server.connect()
    }

    /// The same home under another configuration.
    func settings(_ configuration: String) throws -> Settings {
        try scratch.write(configuration, to: "config/holdfast.json")
        return try Settings.load(environment: place.settings.environment)
    }

    var queue: EpisodeQueue { place.queue }
    var keys: Keys { place.settings.keys }

    /// A companion that lives as long as this value: it has its lock.
    final class Companion {
        private let lock: FileLock

        init?(_ place: Workplace) throws {
            guard let lock = try FileLock.take(place.settings.state.companionLock) else { return nil }
            self.lock = lock
        }
    }

    /// A companion that lives and has told so.
    /// - Parameter facts: fields of its report.
    func beat(_ facts: [String: String] = [:]) throws -> Companion {
        _ = try connection.run(
            Beat(
                keys, host: place.host, pid: 7, version: "0.1.0", startedMilliseconds: 1,
                report: CompanionReport(fields: facts)))
        return try #require(try Companion(place))
    }

    /// Captures an archived episode of a file of its own.
    func push(_ content: String = "{}", key: String = "coder/1") throws -> EpisodeID {
        pushed += 1
        let file = FileID(host: "h", path: "/\(pushed).jsonl")
        let bytes: Range<Int64> = 0..<100
        let episode = EpisodeSpan.Episode(
            id: EpisodeID(file: file, generation: 0, bytes: bytes, content: content), bytes: bytes, content: content,
            entryCount: 1)
        let span = EpisodeSpan(
            file: file, path: "/\(pushed).jsonl", from: Cursor(), to: Cursor(offset: 100, generation: 0, tailHash: "t"),
            limit: 1_000_000,
            origin: EpisodeOrigin(
                session: try #require(SessionID(rawValue: "s\(pushed)")), dispatchKey: try DispatchKey(key), host: "h"),
            filterMark: "f", episodes: [episode])
        #expect(try connection.run(queue.pushing(span)) == .pushed)
        _ = try connection.run(queue.markingArchived([episode.id]))
        return episode.id
    }

    /// Claims all that is due and lets it fail.
    func failAll(_ category: FailureCategory, dead: Bool = false) throws {
        let failure = FailureClass(category: category, isRetryable: !dead, countsAgainstCircuit: false)
        while true {
            let claim = try connection.run(queue.claiming(100, owner: "w", token: "t", held: 0))
            if claim.leases.isEmpty { return }
            for lease in claim.leases {
                let verdict = RetryPolicy().verdict(for: failure, retryCount: dead ? 99 : lease.retryCount, random: 0.5)
                _ = try connection.run(queue.failing(lease, failure, message: "said \(category)", verdict))
            }
        }
    }

    /// A session that has had a turn, and whose transcript was seen.
    func bind(_ session: String, _ key: String, host: String? = nil) throws {
        for (kind, change) in [(SessionNews.Kind.started, "startup"), (.stopped, "")] {
            var news = SessionNews(
                kind, of: try #require(SessionID(rawValue: session)), key: try DispatchKey(key), at: HostClock.now(),
                host: host ?? place.host, maxSessionAgeMilliseconds: 86_400_000)
            news.source = change
            news.transcript = kind == .stopped ? .found : .unknown
            news.projectsFolder = kind == .stopped ? "1:2" : ""
            _ = try connection.run(place.registry.telling(news, at: HostClock.now()))
        }
    }
}
