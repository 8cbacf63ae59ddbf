import Domain
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct EpisodeQueueTests {
    private let queue: EpisodeQueue
    private let file = FileID(host: "h", path: "/t.jsonl")

    init() throws {
        let keys = Keys(namespace: "queue-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        queue = EpisodeQueue(keys: keys.pool("box"))
    }

    private func span(
        _ from: Cursor, _ to: Int64, _ content: String = "{}", limit: Int64 = 100, episodes count: Int = 1
    ) throws -> EpisodeSpan {
        let session = try #require(SessionID(rawValue: "s"))
        let origin = EpisodeOrigin(session: session, dispatchKey: try DispatchKey("coder/1"), host: "h")
        let step = (to - from.offset) / Int64(count)
        let episodes = (0..<Int64(count)).map { index in
            let bytes = from.offset + index * step..<from.offset + (index + 1) * step
            return EpisodeSpan.Episode(
                id: EpisodeID(file: file, generation: from.generation, bytes: bytes, content: content), bytes: bytes,
                content: content, entryCount: 1)
        }
        return EpisodeSpan(
            file: file, path: "/t.jsonl", from: from,
            to: Cursor(offset: to, generation: from.generation, tailHash: "t"),
            limit: limit, origin: origin, filterMark: "ffddo16000", episodes: episodes)
    }

    private func count(_ connection: inout RedisConnection, _ key: RedisKey) throws -> Int64 {
        try connection.ask(ZCARD(key))
    }

    @Test func pushesAndMovesTheCursorInOneStep() throws {
        var connection = try RedisServer.ofSuite().connect()
        let span = try span(Cursor(), 100, #"{"text":"hello"}"#)
        #expect(try connection.run(queue.pushing(span), now: 1_800_000_000_000) == .pushed)
        #expect(try connection.ask(queue.cursor(of: file)) == Cursor(offset: 100, generation: 0, tailHash: "t"))
        let id = span.episodes[0].id
        let fields = try connection.ask(HGETALL(queue.keys.episode(id)))
        #expect(fields["content"] == #"{"text":"hello"}"#)
        #expect(fields["session_id"] == "s")
        #expect(fields["dispatch_key"] == "coder/1")
        #expect(fields["bytes_to"] == "100")
        #expect(fields["sha256"] == SHA256.hexadecimal(of: #"{"text":"hello"}"#))
        #expect(fields["captured_at"] == "2027-01-15T08:00:00.000Z")
        #expect(try count(&connection, queue.keys.schedule) == 1)
        #expect(try count(&connection, queue.keys.unarchived) == 1)
        let listed = try connection.ask(queue.timed(.scheduled, 0..<10))
        #expect(listed.map(\.id) == [id])
    }

    @Test func letsNobodyWinTwice() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try connection.run(queue.pushing(try span(Cursor(), 100)), now: 1_800_000_000_000) == .pushed)
        #expect(try connection.run(queue.pushing(try span(Cursor(), 100)), now: 1_800_000_000_000) == .moved)
        #expect(
            try connection.run(queue.pushing(try span(Cursor(offset: 100, generation: 1), 200)), now: 1_800_000_000_000)
                == .moved)
        #expect(try count(&connection, queue.keys.schedule) == 1)
    }

    @Test func refusesWhatDoesNotFitAndTakesNothingOfIt() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(
            try connection.run(queue.pushing(try span(Cursor(), 90, limit: 3, episodes: 2)), now: 1_800_000_000_000)
                == .pushed)
        let next = Cursor(offset: 90, generation: 0, tailHash: "t")
        #expect(
            try connection.run(queue.pushing(try span(next, 200, limit: 3, episodes: 2)), now: 1_800_000_000_000)
                == .full(count: 2))
        #expect(try connection.ask(queue.cursor(of: file)) == next)
        #expect(try connection.ask(queue.count) == 2)
        // What is larger than the queue may enter an empty one, or it never could.
        let ids = try connection.ask(queue.ids(.scheduled, 0..<10))
        for id in ids { #expect(try connection.run(queue.discarding(id), now: 1_800_000_000_000)) }
        #expect(
            try connection.run(queue.pushing(try span(next, 300, limit: 3, episodes: 5)), now: 1_800_000_000_000)
                == .pushed)
    }

    @Test func discardsForGood() throws {
        var connection = try RedisServer.ofSuite().connect()
        let span = try span(Cursor(), 100)
        _ = try connection.run(queue.pushing(span), now: 1_800_000_000_000)
        let id = span.episodes[0].id
        #expect(try connection.run(queue.discarding(id), now: 1_800_000_000_000))
        #expect(try !connection.run(queue.discarding(id), now: 1_800_000_000_000))
        let fields = try connection.ask(HGETALL(queue.keys.episode(id)))
        #expect(fields["content"] == nil)
        #expect(fields["discarded_at"] != nil)
        #expect(fields["bytes_to"] == "100")
        #expect(try count(&connection, queue.keys.schedule) == 0)
        #expect(try count(&connection, queue.keys.unarchived) == 1)
    }

    @Test func takesAnAnswerOnce() throws {
        var connection = try RedisServer.ofSuite().connect()
        var span = try span(Cursor(), 0)
        span.episodes[0].bytes = 0..<0
        #expect(try connection.run(queue.pushingAnswer(span), now: 1_800_000_000_000) == .pushed)
        #expect(try connection.run(queue.pushingAnswer(span), now: 1_800_000_000_000) == .pushed)
        #expect(try count(&connection, queue.keys.schedule) == 1)
        #expect(try connection.ask(queue.cursor(of: file)) == Cursor())
    }

    @Test func canBeEmptiedWhenRedisHasNoMemoryLeft() async throws {
        try await RedisServer.run { server in
            var connection = try server.connect()
            let first = try span(Cursor(), 100)
            _ = try connection.run(queue.pushing(first), now: 1_800_000_000_000)
            _ = try connection.send(["CONFIG", "SET", "maxmemory", "1"])
            #expect(throws: RedisError.self) {
                try connection.run(
                    queue.pushing(try span(Cursor(offset: 100, generation: 0, tailHash: "t"), 200)),
                    now: 1_800_000_000_000)
            }
            #expect(try connection.run(queue.discarding(first.episodes[0].id), now: 1_800_000_000_000))
        }
    }

    /// A counter at its end, or that is none, must not end a script in its middle.
    @Test(arguments: ["9223372036854775807", "many"])
    func countsOnWhereACounterIsNone(_ value: String) throws {
        var pool = try Pool()
        let day = "\(pool.keys.pool("box").prefix)day:2027-01-15"
        func spoil(_ key: String, _ fields: [String]) throws {
            for field in fields { _ = try pool.connection.send(["HSET", key, field, value]) }
        }
        let counters = "\(pool.keys.pool("box").prefix)counters"
        try spoil(counters, ["claude_episodes_captured_total", "claude_leases_expired_total"])
        try spoil(day, ["captured", "tokens", "calls"])
        let id = try pool.push()
        #expect(try pool.ids(.scheduled) == [id])
        _ = try pool.claim()
        try spoil("\(pool.keys.pool("box").prefix)episode:\(id)", ["attempts"])
        pool.now += 10_000_000
        _ = try pool.claim()
        #expect(try pool.ids(.leased) == [id] || pool.ids(.scheduled) == [id])
        #expect(try pool.connection.send(["HGET", counters, "claude_episodes_captured_total"]).text == "1")
    }

    /// What no file can have is its beginning, to all who read it.
    @Test(arguments: [("-1", "0"), ("0", "-1"), ("9223372036854775807", "0"), ("x", "0x10"), ("1.5", "0")])
    func readsACursorThatIsNoneAsTheBeginning(offset: String, generation: String) throws {
        var pool = try Pool()
        let file = FileID(host: "h", path: "/1.jsonl")
        let key = "\(pool.keys.pool("box").prefix)cursor:\(file)"
        _ = try pool.connection.send(["HSET", key, "offset", offset, "generation", generation])
        let cursor = try pool.connection.ask(pool.queue.cursor(of: file))
        #expect(cursor.offset == 0 && cursor.generation == 0)
        _ = try pool.push()
        #expect(try pool.connection.ask(pool.queue.cursor(of: file)).offset == 100)
        let back = Cursor(offset: 200, generation: 0, tailHash: "t")
        _ = try pool.connection.send(["HSET", key, "offset", offset, "generation", generation])
        #expect(try pool.run(pool.queue.restoring(back, of: file, path: "/1.jsonl")))
    }
}
