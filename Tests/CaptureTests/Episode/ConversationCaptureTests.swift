import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

@testable import Capture

/// What is captured stands in the conversation of its key, too.
@Suite(.redisServer) struct ConversationCaptureTests {
    private let said: Said
    private let settings: Settings
    private let session: SessionID
    private let key: DispatchKey
    private let capture: TranscriptCapture
    private let now = HostClock.wallMilliseconds

    init() throws {
        said = try Said()
        session = try #require(SessionID(rawValue: "s1"))
        key = try DispatchKey("coder/1")
        settings = try Settings.load(environment: [
            "HOME": said.scratch.path, "HOLDFAST_STATE_DIR": said.scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": said.scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "talk-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        capture = TranscriptCapture(settings: settings, host: "box")
    }

    private func job(agent: String? = nil, key: String? = "coder/1") throws -> TranscriptCapture.Job {
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: said.path, configDirectory: "", agentID: agent),
            origin: EpisodeOrigin(
                session: session, dispatchKey: try key.map { try DispatchKey($0) }, host: "box", agentID: agent))
        job.isTrusted = true
        return job
    }

    private func append(_ lines: String...) throws { for line in lines { try said.append(Array((line + "\n").utf8)) } }

    /// As the client writes it, so many seconds ago.
    private func at(_ ago: Int64) -> String { #","timestamp":"\#(ISOTime.text(now - ago * 1000))""# }

    private func messages(_ connection: inout RedisConnection) throws -> [ConversationMessage] {
        try connection.ask(Conversations(keys: settings.keys).last(100, of: key))
    }

    @Test func keepsWhatPeopleAndTheAgentSaid() throws {
        var connection = try RedisServer.ofSuite().connect()
        let token = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
        try append(
            Said.user("use \(token)", at(30), uuid: "u1"), Said.agent("I look", at(20), uuid: "a1"),
            Said.call("Bash", #"{"command":"ls"}"#), Said.result("file", isError: true),
            Said.agent("done", at(10), uuid: "a2"))
        _ = try capture.run(job(), over: &connection)
        let messages = try messages(&connection)
        #expect(messages.map(\.text) == ["use [redacted:github-token]", "I look", "done"])
        #expect(messages.map(\.role) == [.user, .assistant, .assistant])
        #expect(messages.map(\.id) == ["u1", "a1", "a2"])
        #expect(messages.map(\.milliseconds) == [30, 20, 10].map { now - $0 * 1000 })
        #expect(messages.allSatisfy { $0.session == session })
    }

    @Test func oneTurnAfterTheOtherEachOnce() throws {
        var connection = try RedisServer.ofSuite().connect()
        for turn in 0..<5 {
            let ago = Int64(100 - turn * 10)
            try append(
                Said.user("ask \(turn)", at(ago), uuid: "u\(turn)"),
                Said.agent("say \(turn)", at(ago - 5), uuid: "a\(turn)"))
            _ = try capture.run(job(), over: &connection)
        }
        let expected = (0..<5).flatMap { ["ask \($0)", "say \($0)"] }
        #expect(try messages(&connection).map(\.text) == expected)
        // A Redis that forgot how far the file was captured.
        _ = try connection.ask(capture.queue.forgettingCursor(of: FileID(host: "box", path: said.path)))
        _ = try capture.run(job(), over: &connection)
        #expect(try messages(&connection).map(\.text) == expected)
    }

    /// Between the two scripts, and between the two of a race: nothing is lost and nothing doubled.
    @Test func whatWasAddedBeforeTheEpisodeIsNotAddedTwice() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one", at(9), uuid: "u1"), Said.agent("two", at(8), uuid: "a1"))
        var heard = try #require(
            HeardMessages(of: try job().origin, settings.configuration.conversations, now: now))
        for (uuid, role, ago) in [("u1", EpisodeEntry.Role.user, Int64(9)), ("a1", .assistant, 8)] {
            heard.hear(
                EpisodeEntry(
                    uuid: uuid, hash: "h", role: role, at: ISOTime.text(now - ago * 1000),
                    text: uuid == "u1" ? "one" : "two"))
        }
        let taken = heard.take()
        let addition = try #require(taken)
        #expect(try connection.run(Conversations(keys: settings.keys).adding(addition)) == 2)
        guard case .captured(1, _) = try capture.run(job(), over: &connection) else { return #expect(Bool(false)) }
        #expect(try messages(&connection).map(\.text) == ["one", "two"])
    }

    @Test func neitherSubagentsNorWhatHasNoKey() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("task", at(9), uuid: "u1"), Said.agent("two", at(8), uuid: "a1"))
        _ = try capture.run(job(agent: "helper"), over: &connection)
        _ = try connection.ask(capture.queue.forgettingCursor(of: FileID(host: "box", path: said.path)))
        _ = try capture.run(job(key: nil), over: &connection)
        #expect(try messages(&connection).isEmpty)
        #expect(try connection.summaries(Conversations(keys: settings.keys)).isEmpty)
    }

    @Test func whatIsOlderThanADayIsNotKept() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(
            Said.user("long ago", at(90_000), uuid: "u1"), Said.agent("new", at(8), uuid: "a1"),
            Said.user("no time", uuid: "u2"))
        var history = try job()
        history.isHistory = true
        _ = try capture.run(history, over: &connection)
        #expect(try messages(&connection).map(\.text) == ["new"])
    }

    @Test func aLongTurnLeavesWhatWasAsked() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("ask", at(500), uuid: "u"))
        for index in 0..<60 { try append(Said.agent("on my way \(index)", at(400 - Int64(index)), uuid: "a\(index)")) }
        _ = try capture.run(job(), over: &connection)
        let expected = ["ask", "on my way 57", "on my way 58", "on my way 59"]
        #expect(try messages(&connection).map(\.text) == expected)
    }

    @Test func blocksOfOneMessageAreOne() throws {
        var connection = try RedisServer.ofSuite().connect()
        let blocks = #"[{"type":"text","text":"first"},{"type":"text","text":"second"}]"#
        try append(
            #"{"type":"assistant","uuid":"a","message":{"id":"m","role":"assistant","content":\#(blocks)}\#(at(9))}"#)
        _ = try capture.run(job(), over: &connection)
        #expect(try messages(&connection).map(\.text) == ["first\nsecond"])
    }

    @Test func theCommandThatClearsIsNoMessageAndNothingBeforeItCounts() throws {
        var heard = try #require(
            HeardMessages(of: try job().origin, settings.configuration.conversations, now: now))
        for (text, ago) in [("before", Int64(9)), ("/clear", 8), ("after", 7)] {
            heard.hear(
                EpisodeEntry(uuid: text, hash: "h", role: .user, at: ISOTime.text(now - ago * 1000), text: text))
        }
        #expect(heard.clearedMilliseconds == now - 8000)
        let first = heard.take(), second = heard.take()
        #expect(first?.messages.map(\.text) == ["after"])
        #expect(second == nil)
    }

    @Test func anAnswerByTheHooksWordIsKept() throws {
        var connection = try RedisServer.ofSuite().connect()
        var job = try job()
        job.request.answer = "the answer"
        for _ in 0..<2 { _ = try capture.pushAnswer(job, over: &connection) }
        #expect(try messages(&connection).map(\.text) == ["the answer"])
    }

    /// What is at hand for a day is no reason to lose an episode.
    @Test func anEpisodeIsCapturedWhateverIsWrongWithTheConversation() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try connection.send(["SADD", settings.keys.cleared(key), "of another type"])
        try append(Said.user("one", at(9), uuid: "u1"))
        #expect(try capture.run(job(), over: &connection) == .captured(episodes: 1, bytes: said.size))
        #expect(try messages(&connection).isEmpty)
        #expect(try Files.read(settings.state.hookLog).contains("the conversation of coder/1 lacks what was said"))
    }
}
