internal import NIOCore
internal import Testing

@testable internal import Dashboard

@Suite struct PatienceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    private var opened: Patience {
        var patience = Patience(limits: DashboardLimits())
        patience.opened(at: start)
        return patience
    }

    @Test func theFirstHeadHasTenSeconds() {
        #expect(opened.deadline == at(10))
        #expect(opened.isIdle)
    }

    @Test func piecesOfABodyDoNotPutOffItsEnd() {
        var patience = opened
        patience.readHead(at: at(3))
        for _ in 0..<100 { _ = patience.readBody(10) }
        #expect(patience.deadline == at(13))
        #expect(!patience.isIdle)
    }

    @Test func anAnswerInTheMakingHasNoEnd() {
        var patience = opened
        patience.readHead(at: at(1))
        patience.readEnd(at: at(1))
        #expect(patience.deadline == nil)
        #expect(!patience.isIdle)
    }

    @Test func afterAnAnswerTheNextHeadHasThirtySeconds() {
        var patience = opened
        patience.readHead(at: at(1))
        patience.readEnd(at: at(1))
        patience.answered(at: at(100))
        #expect(patience.deadline == at(130))
        #expect(patience.isIdle)
    }

    @Test func anAnswerBeforeTheEndOfTheBodyStillWaitsForIt() {
        var patience = opened
        patience.readHead(at: at(1))
        patience.answered(at: at(2))
        #expect(patience.deadline == at(11))
        #expect(!patience.isIdle)
        patience.readEnd(at: at(5))
        #expect(patience.deadline == at(35))
    }

    @Test func ofTwoInARowTheSecondIsWaitedForToo() {
        var patience = opened
        for _ in 0..<2 {
            patience.readHead(at: at(1))
            patience.readEnd(at: at(1))
        }
        patience.answered(at: at(2))
        #expect(!patience.isIdle && patience.deadline == nil)
    }

    @Test func whoTakesNothingHasThirtySecondsFromTheFirstTime() {
        var patience = opened
        patience.readHead(at: at(1))
        patience.readEnd(at: at(1))
        patience.writable(false, at: at(2))
        patience.writable(false, at: at(20))
        #expect(patience.deadline == at(32))
        patience.writable(true, at: at(21))
        #expect(patience.deadline == nil)
    }

    @Test func aBodyWithoutEndIsNotReadToIt() {
        var patience = opened
        patience.readHead(at: at(1))
        let isTaken = [patience.readBody(1 << 20), patience.readBody(1)]
        #expect(isTaken == [true, false])
    }

    @Test func whatIsNoRequestIsAnsweredAndThenCutOff() {
        var patience = opened
        patience.failed(at: at(1))
        patience.answered(at: at(1))
        patience.failed(at: at(2))
        #expect(patience.deadline == at(2))
        #expect(patience.isIdle)
    }
}
