import Domain
import TestSupport
import Testing

/// Never twice into one group, and not never: whatever a sink says or loses, whoever is killed.
@Suite struct SinkStandingTests {
    /// A receiver that answers at once, works later, and loses on a crash what it has not worked on.
    private struct Receiver {
        /// When each is worked on, ms.
        var taken: [Int64] = []
        var kept = 0

        mutating func work(until now: Int64) {
            kept += taken.count { $0 <= now }
            taken.removeAll { $0 <= now }
        }
    }

    /// One delivery and all that can happen to it.
    private struct World {
        var random: SeededRandom
        var receiver = Receiver()
        var standing = SinkStanding()
        var now: Int64 = 1_000_000_000
        var refusals = 0

        mutating func pass(_ milliseconds: Int64) {
            now += milliseconds
            receiver.work(until: now)
        }

        /// - Parameter isWell: nobody refuses, crashes or is killed.
        mutating func go(isWell: Bool) {
            guard standing.state != .done, standing.state != .dead, standing.dueMilliseconds <= now else { return }
            let before = standing, step = standing.step(confirms: true, at: now)
            func happens(_ share: Double) -> Bool { !isWell && Double.random(in: 0..<1, using: &random) < share }
            if step != .handOver {
                if happens(0.4) {
                    let costs = step != .look && happens(0.5)
                    return standing = standing.unseen("refused to be asked", until: now + 5000, costs: costs)
                }
                if receiver.kept > 0 { return standing = standing.delivered() }
                if step == .look { return }
                if step == .lookAndGiveUp { return standing = standing.givenUp("never seen") }
            }
            standing = standing.sent(at: now)
            if happens(0.1) { return }  // killed before it was handed over
            if happens(0.3) {
                refusals += 1
                // By what it was before, or not known at all: then nobody may take it for refused.
                standing =
                    happens(0.3)
                    ? standing.unseen("no answer", until: now + 5000)
                    : happens(0.2)
                        ? before.givenUp("refused") : before.refused("refused", until: now + 1000, costs: happens(0.5))
                return
            }
            // Within the time that it is waited for, or never.
            receiver.taken.append(now + Int64.random(in: 0..<590_000, using: &random))
            if happens(0.3) { standing = standing.unseen("the answer was lost", until: now + 5000) }
        }

        mutating func rage() {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: receiver.taken = []  // its server is killed with its queue full
            case 1 where standing.state != .done: standing = standing.retried()  // `holdfast sinks retry`
            default: break
            }
            pass(Int64.random(in: 0..<(Bool.random(using: &random) ? 4000 : 700_000), using: &random))
        }
    }

    @Test func arrivesOnceOverWhateverHappens() {
        var refusals = 0
        for seed in 0..<2000 {
            var world = World(random: SeededRandom(seed: UInt64(seed)))
            for _ in 0..<30 {
                world.go(isWell: false)
                world.rage()
                #expect(world.receiver.kept <= 1, "seed \(seed): twice")
            }
            // All is well, and of what is given up a person wants it tried anew.
            for _ in 0..<60 {
                if world.standing.state == .dead { world.standing = world.standing.retried() }
                world.go(isWell: true)
                world.pass(60_000)
            }
            #expect(world.receiver.kept == 1, "seed \(seed)")
            #expect(world.standing.state == .done, "seed \(seed): \(world.standing)")
            refusals += world.refusals
        }
        #expect(refusals > 500, "what is not refused proves nothing")
    }

    @Test func whoseAnswerIsAllThereIsIsHandedOverAtOnce() {
        var standing = SinkStanding()
        #expect(standing.step(confirms: false, at: 5) == .handOver)
        standing = standing.refused("away", until: 9)
        #expect(standing.step(confirms: false, at: 9) == .handOver)
        #expect(standing.state == .waiting && standing.attempts == 1)
    }

    @Test func aClockThatWasAheadIsNotWaitedForForEver() {
        let ahead = SinkStanding().sent(at: 1_000_000_000_000)
        #expect(ahead.step(confirms: true, at: 1_000_000_000_000 - 3_600_000) == .look)
        #expect(ahead.step(confirms: true, at: 1_000_000_000_000 - 2 * 86_400_000) == .lookAndHandOver)
    }

    @Test func whatCannotBeLookedForIsGivenUpWhereTheSinkIsWell() {
        var standing = SinkStanding().sent(at: 1), times = 0
        while standing.state == .sent, times < 100 {
            standing = standing.unseen("more than was asked for", until: 5, costs: true)
            times += 1
        }
        #expect(times == 6 && standing.state == .dead && standing.sentMilliseconds == 1)
        #expect(standing.retried().step(confirms: true, at: 700_000) == .lookAndHandOver)
    }

    @Test func whatIsDueInAYearIsDueNow() {
        let ahead = SinkStanding().sent(at: 1_000_000_000_000)
        #expect(ahead.pause(at: 1_000_000_000_000 - 3000) == 3000)
        #expect(ahead.pause(at: 1_000_000_000_000 - 366 * 86_400_000) == 0)
    }

    @Test func whatIsNeverSeenIsGivenUpAfterFiveTimes() {
        var standing = SinkStanding(), now: Int64 = 1_000_000, times = 0
        while standing.step(confirms: true, at: now) != .lookAndGiveUp, times < 100 {
            standing = standing.sent(at: now)
            now += 600_000
            times += 1
        }
        #expect(times == 6)
    }
}
