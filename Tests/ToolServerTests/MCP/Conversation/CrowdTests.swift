import Domain
import Testing

@testable import ToolServer

/// More calls than may run, wait or hang.
struct CrowdTests {
    private let done = CallOutcome.success(ToolResult(text: "", structured: [:]))
    private let limits = {
        var limits = Limits()
        limits.running = 2
        limits.waiting = 1
        limits.abandoned = 2
        return limits
    }()

    @Test func startsOneWhenAnotherIsDone() {
        var conversation = Conversation.spoken(limits: limits)
        #expect(conversation.call(1, "a").contains(.start(Call.sample(1))))
        #expect(conversation.call(2, "a").contains(.start(Call.sample(2))))
        #expect(conversation.call(3, "a").count == 1)
        #expect(conversation.call(4, "a").first?.sent?["error"]?["code"] == -32603)
        #expect(conversation.finished(CallID(number: 2), done).last == .start(Call.sample(3)))
    }

    @Test func aCallThatWaitsMayExpireOrBeCancelled() {
        var conversation = Conversation.spoken(limits: limits)
        for id in 1...3 { _ = conversation.call(id, "a") }
        #expect(conversation.cancelled(3) == [])
        _ = conversation.call(4, "b")
        let actions = conversation.expired(CallID(number: 4))
        #expect(actions.count == 1)
        let message = actions.first?.sent?["result"]?["structuredContent"]?["error"]?["message"]
        #expect(message == "b waited behind 2 other calls for 1.5 s")
        #expect(conversation.finished(CallID(number: 1), done).count == 1)
    }

    @Test func anAbandonedCallLeavesItsPlaceToAnother() {
        var conversation = Conversation.spoken(limits: limits)
        for id in 1...3 { _ = conversation.call(id, "a") }
        #expect(conversation.cancelled(1) == [.cancel(CallID(number: 1)), .start(Call.sample(3))])
    }

    @Test func refusesCallsWhileTooManyHang() {
        var conversation = Conversation.spoken(limits: limits)
        for id in 1...2 {
            _ = conversation.call(id, "a")
            _ = conversation.expired(CallID(number: id))
        }
        let error = conversation.call(3, "a").first?.sent?["result"]?["structuredContent"]?["error"]
        #expect(error?["message"] == "2 calls hang and did not come back")
        _ = conversation.finished(CallID(number: 1), done)
        #expect(conversation.call(4, "a").contains(.start(Call.sample(3))))
    }
}
