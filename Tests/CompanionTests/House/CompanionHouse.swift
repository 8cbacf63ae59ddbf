import Archive
import Companion
import Domain
import Logging
import Platform
import Redis
import ServiceLifecycle
import Settings
import Storage
import Synchronization
import TestSupport
import Testing

/// All that a companion's memories need, and nothing of it shared: a Redis, a scripted model, folders, a configuration.
/// The companion's services run in this process as the executable runs them.
final class CompanionHouse: Sendable {
    /// An episode that was captured, and the one word that only it holds.
    struct Said: Sendable, Hashable {
        let id: EpisodeID
        let word: String
    }

    let scratch: Scratch
    let url: RedisURL
    let model: ScriptedModel
    let log = LogRecorder()
    let host: String
    let keys: Keys
    let environment: [String: String]
    private let pushed = Mutex(0)

    var queue: EpisodeQueue { EpisodeQueue(keys: keys.pool(host)) }
    var archivePath: String { "\(scratch.path)/state/archive/\(host).sqlite" }
    var configFile: String { scratch.path + "/config/holdfast.json" }

    /// - Parameter host: names the pool too.
    init(url: RedisURL, model: ScriptedModel, host: String = "box") throws {
        scratch = try Scratch()
        self.url = url
        self.model = model
        self.host = host
        keys = Keys()
        environment = [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            "HOLDFAST_REDIS_URL": "\(url.socketText)",
        ]
        try configure()
        // As the executable does before all else.
        try Files.makeFolder(scratch.path + "/state")
    }

    /// A house with a Redis and a model of its own, for as long as a body takes.
    static func run<Answer: Sendable>(
        redis arguments: [String] = [], _ body: @Sendable (CompanionHouse) async throws -> Answer
    ) async throws -> Answer {
        try await RedisServer.run(arguments: arguments) { server in
            try await ScriptedModel.run { model in try await body(CompanionHouse(url: server.url, model: model)) }
        }
    }

    // MARK: - Configuration

    /// Writes `holdfast.json` anew.
    /// - Parameters:
    ///   - kind: of the provider; its address is the scripted model's.
    ///   - provider: further members of the section, as JSON.
    ///   - more: further settings, as JSON.
    func configure(_ kind: String = "anthropic", provider: String = "", _ more: String...) throws {
        let address = kind == "none" ? "" : #", "base_url": "\#(model.url)", "model": "scripted""#
        let section = #""provider": {"kind": "\#(kind)"\#(address)\#(provider.isEmpty ? "" : ", " + provider)}"#
        let pool = #""pool": "\#(host)""#
        // Renamed into place: the companion may be reading.
        let name = "config/holdfast.json.new"
        try scratch.write("{" + ([section, pool] + more).joined(separator: ", ") + "}", to: name)
        try #require(Files.rename(scratch.path + "/" + name, to: configFile))
    }

    // MARK: - A companion

    /// Runs a companion until the body is over, and stops it as `holdfast down` would.
    func companion<Answer: Sendable>(
        _ name: String = "first", _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let settings = LiveSettings(try Settings.load(environment: environment))
        settings.onChange { [log] in log.logger.notice("settings changed") }
        let memories = try MemoryServices(
            settings: settings, host: host, name: name, connector: RedisConnector(url: url),
            reliability: ReliabilityServices(state: settings.atStart.state, name: name, logger: log.logger),
            logger: log.logger)
        let services = ServiceGroup(services: memories.services, logger: log.logger)
        let end = End()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { end.come() }
                try await services.run()
            }
            let result: Result<Answer, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            await services.triggerGracefulShutdown()
            // Soon: what waits for events, for up to 20 s, is cut off.
            try await eventually("the companion stops") { end.hasCome }
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// Runs a companion that has seen its provider well.
    func settledCompanion<Answer: Sendable>(
        _ name: String = "first", _ body: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        try await companion(name) {
            try await eventually("the provider is checked and the archive is owned") {
                try redis { try $0.circuits(keys) }.contains { $0.circuit.lastCheckMilliseconds > 0 } && isOwner(name)
            }
            return try await body()
        }
    }

    func isOwner(_ name: String) throws -> Bool {
        try redis { try $0.send(["GET", queue.keys.archiveOwner]).text } == name
    }

    // MARK: - Capture

    /// Captures episodes, each of a file and a session of its own.
    /// - Parameter keys: taken in turn.
    @discardableResult
    func push(
        _ count: Int = 1, keys: [String] = ["coder/1"], isHistory: Bool = false, wantsMemory: Bool = true,
        limit: Int64 = 100_000
    ) async throws -> [Said] {
        var said: [Said] = []
        for _ in 0..<count {
            let number = pushed.withLock { number in
                number += 1
                return number
            }
            let word = "mark-e\(number)z"
            let entry = EpisodeEntry(
                uuid: "u\(number)", hash: "h\(number)", role: .user, at: "2027-01-15T08:00:00.000Z",
                text: "Please see to \(word) today")
            let span = try span(
                [entry], number: number, key: keys[number % keys.count], isHistory: isHistory, wantsMemory: wantsMemory,
                limit: limit)
            try await capture(span)
            said.append(Said(id: span.episodes[0].id, word: word))
        }
        return said
    }

    func capture(_ span: EpisodeSpan) async throws {
        try await eventually("there is room in the queue") { try redis { try $0.run(queue.pushing(span)) } == .pushed }
    }

    /// What `holdfast episodes retry` does.
    func retryNow(_ said: Said) throws -> RetryEpisodes.State? {
        try redis { try $0.run(queue.retrying([said.id])) }.first
    }

    /// - Parameter number: of the file.
    func span(
        _ entries: [EpisodeEntry], number: Int, session: String? = nil, key: String = "coder/1",
        isHistory: Bool = false,
        wantsMemory: Bool = true, limit: Int64 = 100_000
    ) throws -> EpisodeSpan {
        let path = "/transcripts/\(number).jsonl"
        let file = FileID(host: host, path: path)
        let content = entries.map(\.json).joined(separator: "\n")
        let bytes: Range<Int64> = 0..<100
        let episode = EpisodeSpan.Episode(
            id: EpisodeID(file: file, generation: 0, bytes: bytes, content: content), bytes: bytes, content: content,
            entryCount: entries.count)
        var span = EpisodeSpan(
            file: file, path: path, from: Cursor(), to: Cursor(offset: 100, generation: 0, tailHash: "t\(number)"),
            limit: limit,
            origin: EpisodeOrigin(
                session: try #require(SessionID(rawValue: session ?? "s\(number)")), dispatchKey: try DispatchKey(key),
                host: host),
            filterMark: "f", episodes: [episode])
        span.isHistory = isHistory
        span.wantsMemory = wantsMemory
        return span
    }

    // MARK: - Redis

    func redis<Answer>(_ body: (inout RedisConnection) throws -> Answer) throws -> Answer {
        var connection = try RedisConnection(to: url, deadlines: .companion)
        return try body(&connection)
    }

    /// Makes the drain look at the queue, and waits until it has: behind a second ringing the first was heard.
    func wake() async throws {
        for _ in 0..<2 {
            let heard = try commandCount("xread")
            try redis { try $0.wakeDrains(of: queue) }
            try await eventually("the companion hears of it") { try commandCount("xread") > heard }
        }
    }

    private func commandCount(_ name: String) throws -> Int {
        let info = try redis { try $0.send(["INFO", "commandstats"]).text } ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(name):calls=") }
        return Int((line ?? "").drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) ?? 0
    }
}

/// Looks until something holds. Less often than `poll`: what is asked here opens connections and files, and many houses
/// stand beside each other.
func eventually(
    _ what: String, within limit: Duration = .seconds(120), _ condition: () throws -> Bool
) async throws {
    let end = ContinuousClock().now + limit
    while try !condition() {
        guard ContinuousClock().now < end else { throw PollTimeout("not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(25))
    }
}

/// What did not come to hold.
private struct PollTimeout: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Whether something is over.
private final class End: Sendable {
    private let state = Mutex(false)

    var hasCome: Bool { state.withLock { $0 } }
    func come() { state.withLock { $0 = true } }
}

extension RedisURL {
    /// As `redis.url` spells it.
    var socketText: String {
        if case .unix(let path) = endpoint { "unix:\(path)" } else { "" }
    }
}
