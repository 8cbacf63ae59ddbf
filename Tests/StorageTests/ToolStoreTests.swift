import Domain
import Redis
import Storage
import TestSupport
import Testing

/// What captures and hooks tell of tools, kept once.
@Suite(.redisServer) struct ToolStoreTests {
    private let keys: Keys
    private let queue: EpisodeQueue
    private let tool: ToolName
    private let session: SessionID

    init() throws {
        let space = "test-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        keys = Keys(namespace: space)
        queue = EpisodeQueue(keys: keys.pool("box"))
        tool = try #require(ToolName(rawValue: "mcp__feeds__look"))
        session = try #require(SessionID(rawValue: "s"))
    }

    private func tally(_ id: Int, _ failure: ToolErrorClass? = nil, at milliseconds: Int64) -> ToolCallTally {
        ToolCallTally(
            tool: tool,
            outcome: ToolHealth.Outcome(
                failure: failure, message: failure.map { "it \($0)" } ?? "", durationMilliseconds: 20,
                atMilliseconds: milliseconds, callID: "toolu_\(id)"), position: 0)
    }

    private func add(_ tallies: [ToolCallTally], _ connection: inout RedisConnection) throws {
        _ = try connection.ask(
            XADD(
                queue.keys.toolCalls, limit: 1000,
                fields: ["session_id", "s", "host", "h", "calls", ToolCallTally.json(tallies)]))
    }

    /// Whoever takes them in may be killed between the records and the end: nothing is counted twice, nothing left out.
    @Test func whatACaptureFoundCountsOnceHoweverOftenItIsTaken() throws {
        var connection = try RedisServer.ofSuite().connect()
        let now = try connection.ask(TIME())
        let batches = (0..<20).map { batch in
            (0..<50).map {
                tally(batch * 50 + $0, $0 % 5 == 0 ? .timeout : nil, at: now - 60_000 + Int64(batch * 50 + $0))
            }
        }
        for batch in batches { try add(batch, &connection) }
        let stream = queue.keys.toolCalls, whole = queue.keys.written
        _ = try connection.send(["COPY", stream, whole])
        for limit in [8, 3, 100] {
            _ = try connection.takeToolCalls(of: queue, into: keys, ToolPolicies(), by: "h", limit: limit)
            // As if killed before anything was removed.
            _ = try connection.send(["COPY", whole, stream, "REPLACE"])
        }
        #expect(try connection.takeToolCalls(of: queue, into: keys, ToolPolicies(), by: "h", limit: 100) == 20)
        let (health, _) = try #require(try connection.tool(ToolStore(keys: keys, tool: tool)))
        #expect(health.calls == 1000 && health.failures == 200)
    }

    @Test func thousandsOfCallsAreCountedRight() throws {
        var connection = try RedisServer.ofSuite().connect()
        let now = try connection.ask(TIME())
        var number = 0
        for _ in 0..<100 {
            let batch = (0..<100).map { _ in
                number += 1
                return tally(number, number % 4 == 0 ? .network : nil, at: now - 20_000 + Int64(number))
            }
            try add(batch, &connection)
        }
        while try connection.takeToolCalls(of: queue, into: keys, ToolPolicies(), by: "h") > 0 {}
        for name in [tool, try #require(tool.server)] {
            let (health, _) = try #require(try connection.tool(ToolStore(keys: keys, tool: name)))
            #expect(health.calls == 10_000 && health.failures == 2500)
            #expect(health.day(at: now).calls == 10_000)
        }
        #expect(try connection.ask(XREAD(queue.keys.toolCalls, after: StreamEntry.beginning, count: 1)).isEmpty)
    }

    private func fail(
        _ id: String, in session: SessionID, _ connection: inout RedisConnection, succeeded: Int64? = nil,
        _ failure: ToolErrorClass = .serverGone
    ) throws -> String? {
        try connection.noteFailure(
            ToolHealth.Outcome(
                failure: failure, message: "m", atMilliseconds: 0, callID: id, session: session.rawValue),
            of: tool, in: session, keys: keys, ToolPolicies(), by: "h"
        ) { _ in succeeded }
    }

    @Test func aSessionIsToldOnceAndOnceThatItIsBack() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try fail("1", in: session, &connection) == nil, "one failure is none of the tool's")
        let told = try #require(try fail("2", in: session, &connection))
        #expect(told.contains("mcp__feeds is not connected"), "the server is what fails: \(told)")
        #expect(try fail("3", in: session, &connection) == nil)
        let other = try #require(SessionID(rawValue: "t"))
        let another = try #require(try fail("4", in: other, &connection))
        #expect(another.contains("also in 1 other session"), "\(another)")
        #expect(try connection.takeRecovered(session, keys: keys).isEmpty)

        let server = ToolStore(keys: keys, tool: try #require(tool.server))
        for _ in 0..<2 { try connection.decide(server, by: "h") { health, now in health.succeed(at: now) } }
        #expect(try connection.takeRecovered(session, keys: keys) == [server.tool])
        #expect(try connection.takeRecovered(session, keys: keys).isEmpty)
        #expect(try connection.takeRecovered(other, keys: keys) == [server.tool])
    }

    /// Nobody's word is taken for a proof.
    @Test func aToolThatIsForgottenOrResetIsNotSaidToBeBack() throws {
        var connection = try RedisServer.ofSuite().connect()
        for id in ["1", "2", "3"] { _ = try fail(id, in: session, &connection) }
        for name in [tool, try #require(tool.server)] {
            try connection.decide(ToolStore(keys: keys, tool: name), by: "h") { health, now in health.reset(at: now) }
        }
        #expect(try connection.takeRecovered(session, keys: keys).isEmpty)
        _ = try connection.send(["DEL", keys.tool(try #require(tool.server))])
        #expect(try connection.takeRecovered(session, keys: keys).isEmpty)
    }

    @Test func aSuccessInTheTranscriptEndsTheRow() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try fail("1", in: session, &connection)
        let now = try connection.ask(TIME())
        #expect(try fail("2", in: session, &connection, succeeded: now + 1) == nil)
        #expect(try fail("3", in: session, &connection, succeeded: nil) != nil)
    }

    @Test func whatAPersonOrAnInputDidIsNotTold() throws {
        var connection = try RedisServer.ofSuite().connect()
        for id in 0..<20 {
            #expect(try fail("\(id)", in: session, &connection, .invalidInput) == nil)
            #expect(try fail("r\(id)", in: session, &connection, .refused) == nil)
        }
    }

    @Test func oneCallOfAToolThatIsUnavailableIsLetThrough() throws {
        var connection = try RedisServer.ofSuite().connect()
        func refusal() throws -> String? {
            try connection.refusal(of: tool, to: session, keys: keys, ToolPolicies(), by: "h")
        }
        #expect(try refusal() == nil, "nothing is known of it")
        for id in ["1", "2", "3"] { _ = try fail(id, in: session, &connection) }
        let words = try #require(try refusal())
        #expect(words.contains("This call was not made; one is let through after"), "\(words)")
        // The time to try again is over.
        for name in [tool, try #require(tool.server)] {
            _ = try connection.send(["HSET", keys.tool(name), "retry_at_ms", "1"])
        }
        #expect(try refusal() == nil)
        #expect(try refusal() != nil, "one at a time")
    }

    @Test func aRecordThatAHandBrokeStopsNobody() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try connection.send([
            "HSET", keys.tool(tool), "revision", "x", "state", "no state", "minutes", "1,2;;a,b,c,d", "told", "  ",
            "failing", "= a=b c", "applied", "x", "calls", "-", "failures_in_a_row", "many",
        ])
        _ = try fail("1", in: session, &connection)
        #expect(try fail("2", in: session, &connection) != nil)
        try add([tally(1, at: 5)], &connection)
        _ = try connection.ask(
            XADD(queue.keys.toolCalls, limit: 1000, fields: ["calls", "[[1],[\"a b\",1,1,\"\",\"\",\"\"],7]"]))
        #expect(try connection.takeToolCalls(of: queue, into: keys, ToolPolicies(), by: "h") == 2)
    }
}
