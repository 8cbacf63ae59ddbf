import Companion
import Domain
import Testing

struct PaceTests {
    private let now: Int64 = 1_800_000_000_000

    @Test func beginsWithOneAfterAnOutageAndDoubles() {
        var pace = Pace(concurrency: 8)
        #expect(pace.slots == 8)
        pace.beginAnew()
        var slots = [pace.slots]
        for _ in 0..<4 {
            pace.succeeded(remaining: nil, resetsAfterSeconds: nil, at: now)
            slots.append(pace.slots)
        }
        #expect(slots == [1, 2, 4, 8, 8])
    }

    @Test func goesByWhatAPersonAllowsAndStaysCareful() {
        var pace = Pace(concurrency: 8, callsPerMinute: 30)
        var isNew = pace.allow(concurrency: 8, callsPerMinute: 30)
        #expect(!isNew)
        isNew = pace.allow(concurrency: 2, callsPerMinute: 30)
        #expect(isNew && pace.slots == 2)
        isNew = pace.allow(concurrency: 16, callsPerMinute: 0)
        #expect(isNew && pace.slots == 16 && pace.callsPerMinute == 0)
        pace.beginAnew()
        isNew = pace.allow(concurrency: 4, callsPerMinute: 0)
        #expect(isNew && pace.slots == 1, "an outage is not over for that")
    }

    @Test func slowsDownUnderAFifthOfALimit() {
        var pace = Pace(concurrency: 1)
        pace.succeeded(remaining: 0.2, resetsAfterSeconds: 40, at: now)
        #expect(pace.pausedUntilMilliseconds == 0)
        pace.succeeded(remaining: 0.1, resetsAfterSeconds: 40, at: now)
        #expect(pace.pausedUntilMilliseconds == now + 20_000)
        pace.succeeded(remaining: 0, resetsAfterSeconds: 40, at: now)
        #expect(pace.pausedUntilMilliseconds == now + 40_000)
    }

    @Test func aRateLimitHalvesAndLeavesTheNamedTimeToTheCircuit() {
        var pace = Pace(concurrency: 8)
        pace.failed(
            FailureClass(
                category: .rateLimit, isRetryable: true, countsAgainstCircuit: false, retryAfterSeconds: 37), at: now)
        #expect(pace.slots == 4)
        #expect(pace.pausedUntilMilliseconds == now + 1000)
    }

    @Test func spacesCallsAMinute() {
        var pace = Pace(concurrency: 4, callsPerMinute: 30)
        pace.spaceOut(2, at: now)
        #expect(pace.pausedUntilMilliseconds == now + 4000)
    }
}
