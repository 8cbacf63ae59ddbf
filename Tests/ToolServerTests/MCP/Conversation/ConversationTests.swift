import Domain
import Testing

@testable import ToolServer

struct ConversationTests {
    private let done = CallOutcome.success(ToolResult(text: "", structured: [:]))

    @Test(arguments: [("tools/list", -32600), ("tools/call", -32600), ("server/discover", -32601)])
    func refusesAllButPingBeforeInitialize(method: String, code: JSONValue) {
        var conversation = Conversation.spoken(nil)
        #expect(conversation.hear(1, method).first?.sent?["error"]?["code"] == code)
        #expect(conversation.hear(2, "ping").first?.sent?["result"] == [:])
    }

    @Test func agreesOnce() {
        var conversation = Conversation.spoken(nil)
        let first = conversation.hear(1, "initialize", #"{"protocolVersion":"2025-03-26"}"#)
        #expect(first.first?.sent?["result"]?["protocolVersion"] == "2025-03-26")
        let second = conversation.hear(2, "initialize", #"{"protocolVersion":"2025-06-18"}"#)
        #expect(second.first?.sent?["error"]?["code"] == -32600)
        #expect(conversation.version == .march2025)
    }

    @Test func startsACallAndItsClock() {
        var conversation = Conversation.spoken()
        let actions = conversation.call(1, "b")
        #expect(
            actions == [.expire(CallID(number: 1), after: .milliseconds(1500)), .start(Call.sample(1, "b"))])
        let answer = conversation.finished(CallID(number: 1), done)
        #expect(answer.count == 1)
        #expect(answer.first?.sent?["id"] == 1)
        #expect(conversation.finished(CallID(number: 1), done) == [])
        #expect(conversation.expired(CallID(number: 1)) == [])
    }

    @Test func answersAtTheDeadlineAndDropsWhatComesLater() {
        var conversation = Conversation.spoken()
        _ = conversation.call(1, "b")
        let actions = conversation.expired(CallID(number: 1))
        #expect(actions.count == 2)
        #expect(actions.last == .cancel(CallID(number: 1)))
        let error = actions.first?.sent?["result"]?["structuredContent"]?["error"]
        #expect(error?["category"] == "timeout")
        #expect(error?["message"] == "b did not answer within 1.5 s")
        #expect(conversation.finished(CallID(number: 1), done) == [])
    }

    @Test func doesNotAnswerACancelledCall() {
        var conversation = Conversation.spoken()
        _ = conversation.call(7, "a")
        #expect(conversation.cancelled(8) == [])
        #expect(conversation.cancelled(7) == [.cancel(CallID(number: 1))])
        #expect(conversation.cancelled(7) == [])
        // The id is free again, and what comes of the first call is not taken for the second's.
        #expect(conversation.call(7, "a").contains(.start(Call.sample(2))))
        #expect(conversation.finished(CallID(number: 1), done) == [])
        #expect(conversation.finished(CallID(number: 2), done).first?.sent?["id"] == 7)
    }

    @Test func startsNoCallWithBadArguments() {
        var conversation = Conversation.spoken()
        for arguments in [#"{"x":"y"}"#, #"{"z":1}"#, "[]", "7"] {
            let actions = conversation.call(1, "a", arguments)
            #expect(actions.count == 1)
            #expect(actions.first?.sent?["result"]?["isError"] == true)
        }
        #expect(conversation.call(2, "c").first?.sent?["error"]?["code"] == -32602)
        #expect(conversation.call(3, "a", #"{"x":1}"#).last == .start(Call.sample(1, "a", ["x": 1])))
    }

    @Test func tellsOfProgressThatGrowsAndIsAskedFor() {
        var conversation = Conversation.spoken()
        _ = conversation.call(1, "a", meta: #"{"progressToken":"t"}"#)
        _ = conversation.call(2, "a")
        let told = [0, 1, 1, 0.5, .nan, .infinity, 2].flatMap { done in
            conversation.progressed(CallID(number: 1), Progress(done: done, total: .infinity))
        }
        #expect(told.compactMap { $0.sent?["params"]?["progress"] } == [0, 1, 2])
        #expect(told.first?.sent?["params"]?["progressToken"] == "t")
        #expect(told.first?.sent?["params"]?["total"] == nil)
        #expect(conversation.progressed(CallID(number: 2), Progress(done: 1)) == [])
        _ = conversation.finished(CallID(number: 1), done)
        #expect(conversation.progressed(CallID(number: 1), Progress(done: 3)) == [])
    }

    @Test func refusesBatchesOfVersionsWithout() {
        let batch = "[" + Conversation.request(1, "ping") + "]"
        for version in ProtocolVersion.allCases {
            var conversation = Conversation.spoken(version)
            let sent = conversation.hear(line: batch).first?.sent
            #expect((sent?.elements?.count == 1) == (version == .march2025))
        }
    }

    @Test func answersABatchWhenItsLastCallIsDone() {
        var conversation = Conversation.spoken(.march2025)
        let messages = [(1, "a"), (2, "b")].map { id, tool in
            Conversation.request(id, "tools/call", #"{"name":"\#(tool)"}"#)
        }
        let batch = "[" + (messages + [Conversation.request(3, "ping")]).joined(separator: ",") + "]"
        #expect(conversation.hear(line: batch).compactMap(\.sent) == [])
        #expect(conversation.finished(CallID(number: 2), done) == [])
        let answer = conversation.cancelled(1)
        #expect(answer.count == 2)
        #expect(answer.last?.sent?.elements?.compactMap { $0["id"] } == [3, 2])
    }
}
