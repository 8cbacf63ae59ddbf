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
        queue = EpisodeQueue(keys: keys.pool("box"), nowMilliseconds: 1_800_000_000_000)
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

    private func count(_ connection: inout RedisConnection, _ key: String) throws -> Int64 {
        try connection.send(["ZCARD", key]).integer ?? -1
    }

    @Test func pushesAndMovesTheCursorInOneStep() throws {
        var connection = try RedisServer.ofSuite().connect()
        let span = try span(Cursor(), 100, #"{"text":"hello"}"#)
        #expect(try connection.run(queue.pushing(span)) == .pushed)
        #expect(try connection.cursor(of: file, queue) == Cursor(offset: 100, generation: 0, tailHash: "t"))
        let id = span.episodes[0].id
        let fields = try connection.episode(id, queue)
        #expect(fields["content"] == #"{"text":"hello"}"#)
        #expect(fields["session_id"] == "s")
        #expect(fields["dispatch_key"] == "coder/1")
        #expect(fields["bytes_to"] == "100")
        #expect(fields["sha256"] == SHA256.hexadecimal(of: #"{"text":"hello"}"#))
        #expect(fields["captured_at"] == "2027-01-15T08:00:00.000Z")
        #expect(try count(&connection, queue.keys.schedule) == 1)
        #expect(try count(&connection, queue.keys.unarchived) == 1)
        let listed = try connection.episodes(in: .scheduled, from: 0, count: 10, queue)
        #expect(listed.map(\.id) == [id])
    }

    @Test func letsNobodyWinTwice() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try connection.run(queue.pushing(try span(Cursor(), 100))) == .pushed)
        #expect(try connection.run(queue.pushing(try span(Cursor(), 100))) == .moved)
        #expect(try connection.run(queue.pushing(try span(Cursor(offset: 100, generation: 1), 200))) == .moved)
        #expect(try count(&connection, queue.keys.schedule) == 1)
    }

    @Test func refusesWhatDoesNotFitAndTakesNothingOfIt() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try connection.run(queue.pushing(try span(Cursor(), 90, limit: 3, episodes: 2))) == .pushed)
        let next = Cursor(offset: 90, generation: 0, tailHash: "t")
        #expect(try connection.run(queue.pushing(try span(next, 200, limit: 3, episodes: 2))) == .full(count: 2))
        #expect(try connection.cursor(of: file, queue) == next)
        #expect(try connection.queueCount(queue) == 2)
        // What is larger than the queue may enter an empty one, or it never could.
        let ids = try connection.episodes(in: .scheduled, from: 0, count: 10, queue).map(\.id)
        for id in ids { #expect(try connection.run(queue.discarding(id))) }
        #expect(try connection.run(queue.pushing(try span(next, 300, limit: 3, episodes: 5))) == .pushed)
    }

    @Test func discardsForGood() throws {
        var connection = try RedisServer.ofSuite().connect()
        let span = try span(Cursor(), 100)
        _ = try connection.run(queue.pushing(span))
        let id = span.episodes[0].id
        #expect(try connection.run(queue.discarding(id)))
        #expect(try !connection.run(queue.discarding(id)))
        let fields = try connection.episode(id, queue)
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
        #expect(try connection.run(queue.pushingAnswer(span)) == .pushed)
        #expect(try connection.run(queue.pushingAnswer(span)) == .pushed)
        #expect(try count(&connection, queue.keys.schedule) == 1)
        #expect(try connection.cursor(of: file, queue) == Cursor())
    }

    @Test func canBeEmptiedWhenRedisHasNoMemoryLeft() async throws {
        try await RedisServer.run { server in
            var connection = try server.connect()
            let first = try span(Cursor(), 100)
            _ = try connection.run(queue.pushing(first))
            _ = try connection.send(["CONFIG", "SET", "maxmemory", "1"])
            #expect(throws: RedisError.self) {
                try connection.run(queue.pushing(try span(Cursor(offset: 100, generation: 0, tailHash: "t"), 200)))
            }
            #expect(try connection.run(queue.discarding(first.episodes[0].id)))
        }
    }
}
