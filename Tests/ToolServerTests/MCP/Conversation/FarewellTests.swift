import Domain
import Testing

@testable import ToolServer

struct FarewellTests {
    private let done = CallOutcome.success(ToolResult(text: "", structured: [:]))
    private let limits = Limits()

    @Test func endsAtOnceWhenNothingRuns() {
        var conversation = Conversation.spoken()
        #expect(conversation.inputEnded().last == .finish)
        #expect(conversation.stopped() == [])
        #expect(conversation.woke(.parting) == [])
    }

    @Test func letsCallsEndFirst() {
        var conversation = Conversation.spoken()
        _ = conversation.call(1, "a")
        #expect(conversation.inputEnded() == [.wake(.parting, after: limits.parting)])
        let actions = conversation.finished(CallID(number: 1), done)
        #expect(actions.first?.sent?["id"] == 1)
        #expect(actions.last == .finish)
    }

    @Test func thenCancelsThemThenLeavesThem() {
        var conversation = Conversation.spoken()
        for id in 1...2 { _ = conversation.call(id, "a") }
        _ = conversation.inputEnded()
        #expect(
            conversation.woke(.parting) == [
                .cancel(CallID(number: 1)), .cancel(CallID(number: 2)), .wake(.cancelling, after: limits.grace),
            ])
        #expect(conversation.woke(.parting) == [])
        #expect(conversation.finished(CallID(number: 1), done) == [])
        #expect(conversation.woke(.cancelling) == [.finish])
        #expect(conversation.finished(CallID(number: 2), done) == [])
    }

    @Test func endsWhenTheLastCancelledCallComesBack() {
        var conversation = Conversation.spoken()
        _ = conversation.call(1, "a")
        #expect(conversation.stopped().count == 2)
        #expect(conversation.inputEnded() == [])
        #expect(conversation.finished(CallID(number: 1), done) == [.finish])
    }

    @Test func startsNothingThatWaitsAnyMore() {
        var few = limits
        few.running = 1
        var conversation = Conversation.spoken(limits: few)
        for id in 1...2 { _ = conversation.call(id, "a") }
        _ = conversation.stopped()
        #expect(conversation.finished(CallID(number: 1), done) == [.finish])
    }
}
