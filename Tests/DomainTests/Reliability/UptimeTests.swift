import Domain
import TestSupport
import Testing

struct UptimeTests {
    private func presence(
        _ began: Int64, _ until: Int64, _ companion: String = "a", boot: String = "one", booted: Int64 = 0,
        isServing: Bool = true, end: Presence.End = .open
    ) -> Presence {
        Presence(
            beganMilliseconds: began * 60_000, untilMilliseconds: until * 60_000, bootID: boot,
            bootedMilliseconds: booted * 60_000, companion: companion, isServing: isServing, end: end)
    }

    /// Of minutes 0 to 100.
    private func uptime(_ presences: [Presence], isWanted: Bool = true, boot: String = "one") -> [Int64] {
        let time = Uptime(presences, from: 0, to: 100 * 60_000, isWanted: isWanted, bootID: boot)
        return [time.up, time.down, time.unknown].map { $0 / 60_000 }
    }

    @Test func beforeTheFirstWordNothingIsKnown() {
        #expect(uptime([]) == [0, 0, 100])
        #expect(uptime([presence(40, 100)]) == [60, 0, 40])
    }

    @Test func oneThatWasGoneWithoutBeingAskedWasDown() {
        #expect(uptime([presence(0, 30), presence(50, 100, "b")]) == [80, 20, 0])
        // And is down now.
        #expect(uptime([presence(0, 30)]) == [30, 70, 0])
    }

    @Test func oneThatWasStoppedIsNotMissed() {
        #expect(uptime([presence(0, 30, end: .stopped), presence(50, 100, "b")]) == [80, 0, 20])
        #expect(uptime([presence(0, 30, end: .stopped)], isWanted: false) == [30, 0, 70])
        #expect(uptime([presence(0, 30)], isWanted: false) == [30, 0, 70])
    }

    @Test func whileTheMachineWasOffNothingIsKnown() {
        #expect(uptime([presence(0, 30), presence(60, 100, "b", boot: "two", booted: 50)]) == [70, 10, 20])
        #expect(uptime([presence(0, 30)], boot: "two") == [30, 0, 70])
    }

    @Test func whileTheMachineSleptNothingIsKnown() {
        #expect(uptime([presence(0, 30), presence(50, 100)]) == [80, 0, 20])
    }

    @Test func withoutRedisItDoesNotServe() {
        #expect(uptime([presence(0, 30), presence(30, 50, isServing: false), presence(50, 100)]) == [80, 20, 0])
    }

    @Test func aWordLastsUntilTheNextIsDue() { #expect(uptime([presence(0, 99)]) == [100, 0, 0]) }

    /// Whatever clocks did: no time counts twice, none gets lost.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func allOfThePeriodIsAccountedFor(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let presences = (0..<Int.random(in: 0..<8, using: &random)).map { _ in
            let began = Int64.random(in: -20...110, using: &random)
            return presence(
                began, began + Int64.random(in: 0...40, using: &random), ["a", "b"].randomElement(using: &random)!,
                boot: ["one", "two"].randomElement(using: &random)!, booted: Int64.random(in: -5...100, using: &random),
                isServing: Bool.random(using: &random), end: Bool.random(using: &random) ? .open : .stopped)
        }
        let time = Uptime(
            presences, from: 0, to: 6_000_000, isWanted: Bool.random(using: &random), bootID: "one")
        #expect(time.up + time.down + time.unknown == 6_000_000)
        #expect(time.up >= 0 && time.down >= 0 && time.unknown >= 0)
    }

    @Test func aScoreIsTheProductOfWhatIsKnown() throws {
        let score = ReliabilityScore(uptime: 0.9, integrity: nil, sync: 0.5)
        #expect(abs(try #require(score.percent) - 45) < 1e-9)
        #expect(score.unknown == [.integrity])
        #expect(ReliabilityScore(uptime: nil, integrity: nil, sync: nil).percent == nil)
    }
}
