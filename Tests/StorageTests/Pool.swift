import Domain
import Redis
import Storage
import TestSupport
import Testing

/// A pool's queue under keys of its own, with a clock that the test moves.
struct Pool: ~Copyable {
    let keys: Keys
    var now: Int64 = 1_800_000_000_000
    var connection: RedisConnection
    private var pushed = 0

    init() throws {
        keys = Keys(namespace: "pool-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        connection = try RedisServer.ofSuite().connect()
    }

    var queue: EpisodeQueue { EpisodeQueue(keys: keys.pool("box")) }

    /// Runs a script by this pool's clock.
    mutating func run<Script: RedisScript>(_ script: Script) throws -> Script.Answer {
        try connection.run(script, now: now)
    }

    /// Captures an episode of a file of its own.
    mutating func push(
        _ content: String = "{}", key: String = "coder/1", archived: Bool = true, agent: String? = nil
    ) throws -> EpisodeID {
        pushed += 1
        let file = FileID(host: "h", path: "/\(pushed).jsonl")
        let session = try #require(SessionID(rawValue: "s\(pushed)"))
        let bytes: Range<Int64> = 0..<100
        let episode = EpisodeSpan.Episode(
            id: EpisodeID(file: file, generation: 0, bytes: bytes, content: content), bytes: bytes, content: content,
            entryCount: 1)
        let span = EpisodeSpan(
            file: file, path: "/\(pushed).jsonl", from: Cursor(), to: Cursor(offset: 100, generation: 0, tailHash: "t"),
            limit: 1_000_000,
            origin: EpisodeOrigin(session: session, dispatchKey: try DispatchKey(key), host: "h", agentID: agent),
            filterMark: "f",
            episodes: [episode])
        #expect(try run(queue.pushing(span)) == .pushed)
        if archived { _ = try run(queue.markingArchived([episode.id])) }
        return episode.id
    }

    mutating func claim(
        _ count: Int = 1, by owner: String = "a", token: String = "t", held: Int = 0
    ) throws -> ClaimEpisodes.Claim {
        try run(queue.claiming(count, owner: owner, token: token, held: held))
    }

    mutating func ids(_ state: EpisodeQueue.State) throws -> [EpisodeID] {
        try connection.ask(queue.ids(state, 0..<100_000))
    }

    /// All ids of a sorted set, the lowest first.
    mutating func ids(at key: RedisKey) throws -> [EpisodeID] {
        (try connection.send(["ZRANGE", key, "0", "-1"]).array ?? []).compactMap { $0.text.flatMap(EpisodeID.init) }
    }

    mutating func fields(_ id: EpisodeID) throws -> [String: String] {
        try connection.ask(HGETALL(keys.pool("box").episode(id)))
    }

    mutating func record(_ id: EpisodeID) throws -> EpisodeRecord? { try connection.ask(queue.episode(id)) }

    mutating func due(_ id: EpisodeID) throws -> Int64? {
        try connection.send(["ZSCORE", queue.keys.schedule, id.rawValue]).text.flatMap { Double($0) }.map { Int64($0) }
    }

    mutating func complete(_ leases: [Lease]) throws -> [LeaseState] {
        try run(
            queue.completing(leases.map { .init($0.id, token: $0.token, outcome: .memory) }))
    }
}
