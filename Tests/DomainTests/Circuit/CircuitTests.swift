import Domain
import Testing

struct CircuitTests {
    private let policy = CircuitPolicy()
    private let start: Int64 = 1_800_000_000_000
    private static let down = FailureClass(category: .overloaded, isRetryable: true, countsAgainstCircuit: true)
    private static let limited = FailureClass(category: .rateLimit, isRetryable: true, countsAgainstCircuit: false)

    private func failing(_ circuit: inout Circuit, _ count: Int, at now: Int64) -> [Circuit.Change?] {
        (0..<count).map { _ in
            circuit.failed(
                Self.down, generation: circuit.generation, token: "", at: now, policy: policy, random: 0.5)
        }
    }

    @Test func opensAtTheLimitAndNotBefore() {
        var circuit = Circuit()
        #expect(failing(&circuit, 4, at: start) == [nil, nil, nil, nil])
        #expect(circuit.request(token: "a", at: start, policy: policy) == .call(generation: 0))
        #expect(failing(&circuit, 1, at: start) == [.opened])
        #expect(circuit.state == .open)
        #expect(
            circuit.request(token: "a", at: start, policy: policy) == .wait(untilMilliseconds: start + 30_000))
    }

    @Test func waitsWhileTheProviderAsksForItAndIsClosed() {
        var circuit = Circuit()
        func asking(_ category: FailureCategory, _ seconds: Double) -> FailureClass {
            FailureClass(
                category: category, isRetryable: true, countsAgainstCircuit: category != .rateLimit,
                retryAfterSeconds: seconds)
        }
        func fail(_ failure: FailureClass) {
            _ = circuit.failed(
                failure, generation: circuit.generation, token: "", at: start, policy: policy, random: 0.5)
        }
        func asks(_ moment: Int64) -> Circuit.Verdict { circuit.request(token: "a", at: moment, policy: policy) }
        fail(asking(.rateLimit, 37))
        #expect(circuit.state == .closed && asks(start) == .wait(untilMilliseconds: start + 37_000))
        // A shorter time does not end a longer one, and no provider makes us wait for a day.
        fail(asking(.overloaded, 5))
        #expect(asks(start + 6000) == .wait(untilMilliseconds: start + 37_000))
        #expect(asks(start + 37_000) == .call(generation: 0))
        fail(asking(.rateLimit, 86_400))
        #expect(asks(start) == .wait(untilMilliseconds: start + 3_600_000))
        // A person's word ends it, and what was called before it brings it back no more.
        let before = circuit.generation
        #expect(circuit.force(open: false, at: start) == nil)
        _ = circuit.failed(
            asking(.rateLimit, 60), generation: before, token: "", at: start, policy: policy, random: 0.5)
        #expect(asks(start) == .call(generation: before + 1))
    }

    @Test func aSuccessEndsWhatACheckComplainedOf() {
        var circuit = Circuit()
        circuit.checkedBadly("no route", at: start)
        #expect(circuit.checkMessage == "no route")
        _ = circuit.succeeded(generation: 0, token: "", at: start + 1, policy: policy)
        #expect(circuit.checkMessage.isEmpty)
    }

    @Test func aSuccessInBetweenBeginsTheCountAnew() {
        var circuit = Circuit()
        for _ in 0..<10 {
            _ = failing(&circuit, 4, at: start)
            #expect(circuit.succeeded(generation: 0, token: "", at: start, policy: policy) == nil)
            // Spread over time, or the rate of the window opens it.
            circuit.window = []
        }
        #expect(circuit.state == .closed)
    }

    @Test func opensOnTheRateOfItsWindowWithEnoughCalls() {
        var circuit = Circuit()
        var changes: [Circuit.Change] = []
        for index in 0..<40 where circuit.state == .closed {
            let now = start + Int64(index) * 1000
            if index % 2 == 0 {
                _ = circuit.succeeded(generation: 0, token: "", at: now, policy: policy)
            } else if let change = failing(&circuit, 1, at: now)[0] {
                changes.append(change)
                #expect(index + 1 >= 20, "not before the minimum of calls")
            }
        }
        #expect(changes == [.opened])
    }

    @Test func oldBucketsDoNotCount() {
        var circuit = Circuit()
        for index in 0..<40 {
            let now = start + Int64(index) * 30_000
            if index % 2 == 0 {
                _ = circuit.succeeded(generation: 0, token: "", at: now, policy: policy)
            } else {
                _ = failing(&circuit, 1, at: now)
            }
        }
        #expect(circuit.state == .closed)
        #expect(circuit.window.count <= policy.bucketCount)
    }

    @Test func letsOneProbeThroughAndADeadProberFreesIt() {
        var circuit = Circuit()
        _ = failing(&circuit, 5, at: start)
        let due = start + 30_000
        guard case .probe(let generation) = circuit.request(token: "a", at: due, policy: policy) else {
            Issue.record("no probe")
            return
        }
        #expect(circuit.state == .halfOpen)
        #expect(circuit.request(token: "b", at: due, policy: policy) == .wait(untilMilliseconds: due + 120_000))
        #expect(circuit.request(token: "b", at: due + 120_000, policy: policy) == .probe(generation: generation))
        // The dead prober's late word changes nothing.
        #expect(circuit.succeeded(generation: generation, token: "a", at: due + 120_001, policy: policy) == nil)
        #expect(circuit.state == .halfOpen)
        #expect(
            circuit.succeeded(generation: generation, token: "b", at: due + 120_002, policy: policy)
                == .closed(afterMilliseconds: 150_002))
    }

    @Test(arguments: [(1, 30_000), (2, 60_000), (3, 120_000), (4, 240_000), (5, 480_000), (6, 600_000), (40, 600_000)])
    func theIntervalDoublesUpToTenMinutes(openings: Int64, milliseconds: Int64) {
        #expect(policy.interval(openings: openings, random: 0.5) == milliseconds)
        #expect(policy.interval(openings: openings, random: 0) == milliseconds * 9 / 10)
    }

    @Test func aFailedProbeOpensForLonger() {
        var circuit = Circuit()
        _ = failing(&circuit, 5, at: start)
        var now = start + 30_000
        for interval: Int64 in [60_000, 120_000, 240_000] {
            _ = circuit.request(token: "p", at: now, policy: policy)
            _ = circuit.failed(
                Self.down, generation: circuit.generation, token: "p", at: now, policy: policy, random: 0.5)
            #expect(circuit.openUntilMilliseconds == now + interval)
            now += interval
        }
    }

    @Test func lateResultsOfAnEarlierGenerationAreDiscarded() {
        var circuit = Circuit()
        _ = failing(&circuit, 5, at: start)
        let open = circuit
        #expect(circuit.succeeded(generation: 0, token: "", at: start + 1, policy: policy) == nil)
        #expect(
            circuit.failed(Self.down, generation: 0, token: "", at: start + 1, policy: policy, random: 0) == nil)
        #expect(circuit == open)
    }

    @Test func aRateLimitDoesNotOpenIt() {
        var circuit = Circuit()
        for _ in 0..<100 {
            _ = circuit.failed(Self.limited, generation: 0, token: "", at: start, policy: policy, random: 0)
        }
        #expect(circuit.state == .closed)
    }

    @Test(arguments: [FailureCategory.auth, .permission, .quota, .modelNotFound])
    func whatOnlyAPersonMendsStopsTheProviderAtOnce(category: FailureCategory) {
        var circuit = Circuit()
        let failure = FailureClass(category: category, isRetryable: false, countsAgainstCircuit: false)
        #expect(
            circuit.failed(failure, generation: 0, token: "", at: start, policy: policy, random: 0.5) == .opened)
        let later = start + policy.stopMilliseconds
        #expect(
            circuit.request(token: "a", at: start + policy.stopMilliseconds - 1, policy: policy)
                == .wait(untilMilliseconds: start + policy.stopMilliseconds))
        // It may have been mended elsewhere, and a refused call costs nothing: one try an hour.
        #expect(
            circuit.request(token: "a", at: later, policy: policy) == .probe(generation: circuit.generation))
        var anew = circuit
        anew.force(open: false, at: later)
        #expect(anew.state == .closed)
    }

    @Test func aHealthCheckEndsAnOutageAndAMendedKeyButNotAQuota() {
        for (category, ends) in [(FailureCategory.auth, true), (.quota, false), (.permission, false)] {
            var circuit = Circuit()
            let failure = FailureClass(category: category, isRetryable: false, countsAgainstCircuit: false)
            _ = circuit.failed(failure, generation: 0, token: "", at: start, policy: policy, random: 0)
            circuit.checkedBadly(at: start + 1)
            #expect((circuit.checkedWell(at: start + 5) != nil) == ends, "\(category)")
        }
    }

    @Test func aHealthCheckThatWasWellAllAlongTellsNothing() {
        var circuit = Circuit()
        _ = failing(&circuit, 5, at: start)
        #expect(circuit.checkedWell(at: start + 4) == nil)
        circuit.checkedBadly(at: start + 4)
        #expect(circuit.checkedWell(at: start + 5) == .closed(afterMilliseconds: 5))
    }

    @Test func aRefusedKeyThatTheCheckFindsGoodIsTriedAfterThePausesOfAnOutage() {
        var circuit = Circuit()
        let refused = FailureClass(category: .auth, isRetryable: false, countsAgainstCircuit: false)
        _ = circuit.failed(refused, generation: 0, token: "", at: start, policy: policy, random: 0)
        #expect(circuit.openUntilMilliseconds == start + policy.stopMilliseconds)
        #expect(circuit.checkedWell(at: start + 1000, policy: policy) == nil)
        #expect(circuit.openUntilMilliseconds == start + 30_000)
        // The list asks for no key, and calls are refused still: longer each time.
        guard case .probe(let generation) = circuit.request(token: "a", at: start + 30_000, policy: policy) else {
            Issue.record("no probe")
            return
        }
        _ = circuit.failed(
            refused, generation: generation, token: "a", at: start + 31_000, policy: policy, random: 0)
        #expect(circuit.checkedWell(at: start + 32_000, policy: policy) == nil)
        #expect(circuit.openUntilMilliseconds == start + 31_000 + 60_000)
    }

    @Test func aCheckShortensNoTimeThatTheProviderNamed() {
        var circuit = Circuit()
        let refused = FailureClass(
            category: .auth, isRetryable: false, countsAgainstCircuit: false, retryAfterSeconds: 7200)
        _ = circuit.failed(refused, generation: 0, token: "", at: start, policy: policy, random: 0)
        #expect(circuit.checkedWell(at: start + 1000, policy: policy) == nil)
        #expect(circuit.openUntilMilliseconds == start + 7_200_000)
    }

    @Test func staysStoppedUntilTheNamedTime() {
        var circuit = Circuit()
        let failure = FailureClass(
            category: .quota, isRetryable: false, countsAgainstCircuit: false, retryAfterSeconds: 7200)
        _ = circuit.failed(failure, generation: 0, token: "", at: start, policy: policy, random: 0)
        #expect(
            circuit.request(token: "a", at: start + 7_199_999, policy: policy)
                == .wait(untilMilliseconds: start + 7_200_000))
    }

    @Test func forcedOpenStaysOpenWhateverHappens() {
        var circuit = Circuit()
        #expect(circuit.force(open: true, at: start) == .opened)
        #expect(circuit.checkedWell(at: start + 1) == nil)
        #expect(circuit.request(token: "a", at: start + 1_000_000_000, policy: policy) == .wait(untilMilliseconds: nil))
        #expect(circuit.force(open: false, at: start + 9) == .closed(afterMilliseconds: 9))
    }

    @Test func survivesItsHash() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var circuit = Circuit()
            var now = start
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                now += Int64.random(in: 0..<40_000, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: _ = circuit.request(token: "t", at: now, policy: policy)
                case 1:
                    _ = circuit.succeeded(generation: circuit.generation, token: "t", at: now, policy: policy)
                case 2: _ = circuit.force(open: Bool.random(using: &random), at: now)
                default: _ = failing(&circuit, 2, at: now)
                }
            }
            #expect(CircuitRecord(fields: CircuitRecord(circuit: circuit).fields).circuit == circuit)
        }
        let mangled = CircuitRecord(fields: ["state": "ajar", "window": "1:2 x:y:z", "generation": "many"])
        #expect(mangled == CircuitRecord(circuit: Circuit()))
    }
}
