internal import Domain
import Redis
import TestSupport
import Testing

/// Whatever listens in a Redis' place: it costs a bounded time and a bounded memory.
@Suite struct HostileServerTests {
    /// Each byte comes long before any deadline; the answer never.
    @Test(arguments: [("+", "1"), ("$1000\r\n", "1"), ("*1000\r\n", ":1\r\n"), (":", "1")])
    func costsOneDeadlineWhenTheAnswerDrips(beginning: String, piece: String) async throws {
        try await HostileRedis.run(beginning, then: piece, .dripping(every: .milliseconds(2))) { server in
            let deadlines = RedisDeadlines(connect: .seconds(1), reply: .milliseconds(100))
            let start = ContinuousClock().now
            #expect(throws: RedisError.timedOut(reason: "cannot reach Redis at \(server.url) (no answer in time)")) {
                var connection = try RedisConnection(to: server.url, deadlines: deadlines)
                _ = try connection.send(["PING"])
            }
            // Fifty bytes and more would have come in their time, had each a deadline of its own for ever.
            #expect(ContinuousClock().now - start < .seconds(5))
        }
    }

    /// A connection that was given up must not take what is still on its way for the next answer.
    @Test func staysGivenUp() async throws {
        try await HostileRedis.run("", then: "+OK\r\n", .dripping(every: .milliseconds(60))) { server in
            let deadlines = RedisDeadlines(connect: .seconds(1), reply: .milliseconds(20))
            var connection = try RedisConnection(to: server.url, deadlines: deadlines)
            #expect(throws: RedisError.self) { try connection.send(["GET", "one"]) }
            try await poll("the answer came after all") { server.sentBytes > 0 }
            #expect(throws: RedisError.self) { try connection.send(["GET", "two"]) }
        }
    }

    /// Every answer comes in time, and there is no end of them.
    @Test func endsAllQuestionsWithTheWhole() async throws {
        try await HostileRedis.run("", then: "+OK\r\n", .dripping(every: .milliseconds(2))) { server in
            var connection = try RedisConnection(
                to: server.url,
                deadlines: RedisDeadlines(connect: .seconds(1), reply: .seconds(60), whole: .milliseconds(100)))
            var answers = 0
            var failure: RedisError?
            while failure == nil, answers < 100_000 {
                do throws(RedisError) {
                    _ = try connection.send(["PING"])
                    answers += 1
                } catch {
                    failure = error
                }
            }
            #expect(failure == .timedOut(reason: "cannot reach Redis at \(server.url) (no answer in time)"))
            #expect(answers > 0)
        }
    }

    @Test(arguments: [
        // A text, a line and an array without end, and arrays of arrays.
        ("$1000000000\r\n", "xxxxxxxx"), ("+", "xxxxxxxx"), ("*2000000000\r\n", ":1\r\n"), ("*3000000\r\n", ":1\r\n"),
        ("*1000\r\n", "*1000\r\n"), ("*1000000\r\n", "*1000000\r\n"),
    ])
    func takesNoMoreThanItHasRoomFor(beginning: String, piece: String) async throws {
        try await HostileRedis.run(beginning, then: piece, .flooding) { server in
            let deadlines = RedisDeadlines(connect: .seconds(1), reply: .seconds(60))
            do throws(RedisError) {
                var connection = try RedisConnection(to: server.url, deadlines: deadlines)
                _ = try connection.send(["PING"])
                Issue.record("it was answered")
            } catch {
                guard case .unreachable(let reason) = error else { throw error }
                // hiredis itself knows no arrays of many storeys.
                #expect(reason.contains("larger than") || reason.contains("nested"), "\(reason)")
            }
            #expect(server.sentBytes < 80 << 20)
        }
    }

    @Test func readsAnAnswerOfManyMegabytes() async throws {
        try await RedisServer.run { server in
            var connection = try server.connect(RedisDeadlines(connect: .seconds(1), reply: .seconds(60)))
            let long = String(repeating: "0123456789abcdef", count: 1 << 20)
            #expect(try connection.send(["SET", "long", long]) == .text("OK"))
            #expect(try connection.send(["GET", "long"]) == .text(long))
        }
    }
}
