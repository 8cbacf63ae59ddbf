import Domain
import Testing

@Suite struct ToolTests {
    /// The three tools of which one asked: two retries 1 s × 2, three 0.5 s × 1.5, one 1 s.
    @Test(arguments: [
        (ToolPolicy(maxRetries: 2, delayMilliseconds: 1000, backoff: 2), [1000.0, 2000]),
        (ToolPolicy(maxRetries: 3, delayMilliseconds: 500, backoff: 1.5), [500, 750, 1125]),
        (ToolPolicy(maxRetries: 1, delayMilliseconds: 1000, backoff: 2), [1000]),
    ])
    func delaysFollowThePolicy(policy: ToolPolicy, plain: [Double]) {
        for random in stride(from: 0, to: 1, by: 0.01) {
            for (index, wanted) in plain.enumerated() {
                let delay = Double(policy.delay(before: Int64(index + 1), random: random) ?? -1)
                #expect(abs(delay - wanted) <= wanted * ToolPolicy.jitter + 1, "\(index): \(delay)")
            }
            #expect(policy.delay(before: Int64(plain.count + 1), random: random) == nil)
            #expect(policy.delay(before: 0, random: random) == nil)
        }
    }

    /// Whatever a file says, no pause is longer than an hour and a tenth, and none is less than nothing.
    @Test func noPauseIsEndless() {
        let policy = ToolPolicy(maxRetries: 100, delayMilliseconds: 3_600_000, backoff: 10)
        for retry in 1...100 {
            let delay = policy.delay(before: Int64(retry), random: 0.999) ?? -1
            #expect((0...ToolPolicy.longestDelay * 11 / 10).contains(delay))
        }
    }

    @Test func aNameGoesBeforeAPatternAndTheFileBeforeWhatIsBuiltIn() throws {
        var policies = ToolPolicies()
        let tool = try #require(ToolName(rawValue: "mcp__crowdstrike__search"))
        #expect(policies[tool] == ToolPolicies.standard.named["mcp__*"])
        policies.named["mcp__*"] = ToolPolicy(maxRetries: 7)
        #expect(policies[tool].maxRetries == 7)
        policies.named["mcp__crowd*__s*"] = ToolPolicy(maxRetries: 8)
        #expect(policies[tool].maxRetries == 8)
        policies.named[tool.rawValue] = ToolPolicy(maxRetries: 9)
        #expect(policies[tool].maxRetries == 9)
        #expect(tool.server?.rawValue == "mcp__crowdstrike")
        #expect(ToolName(rawValue: "Bash")?.server == nil)
        #expect(
            ToolName(rawValue: "a b") == nil && ToolName(rawValue: "") == nil && ToolName(rawValue: "a\u{0}") == nil)
    }

    private let policy = ToolPolicy(unavailableAfter: 3, retryAfterMilliseconds: 60_000)

    private func outcome(_ failure: ToolErrorClass? = nil, at now: Int64, took: Int64 = 10) -> ToolHealth.Outcome {
        ToolHealth.Outcome(failure: failure, message: "m", durationMilliseconds: took, atMilliseconds: now)
    }

    @Test func isUnavailableAfterFailuresInARowAndBackAfterTwoSuccesses() {
        var health = ToolHealth()
        let start: Int64 = 1_800_000_000_000
        for count in 1...3 {
            #expect(health.ask(at: start) == .call)
            health.take(outcome(.timeout, at: start + Int64(count)), policy)
        }
        #expect(health.state(at: start + 3) == .unavailable)
        #expect(health.ask(at: start + 10) == .wait(untilMilliseconds: start + 60_003))
        // One finds out; the others wait for it.
        let later = start + 60_003
        #expect(health.ask(at: later) == .probe)
        #expect(health.ask(at: later + 1) == .wait(untilMilliseconds: later + 120_000))
        health.take(outcome(at: later + 5), policy)
        #expect(health.state(at: later + 5) == .recovering)
        #expect(health.ask(at: later + 6) == .call)
        health.take(outcome(.timeout, at: later + 7), policy)
        #expect(health.state(at: later + 7) == .unavailable)
        health.take(outcome(at: later + 60_008), policy)
        health.take(outcome(at: later + 60_009), policy)
        #expect(health.state(at: later + 60_009) == .degraded, "it still fails more than now and then")
        #expect(health.state(at: later + 3_600_000) == .available)
    }

    @Test func whatATallyOfItSaysIsNoFaultOfTheTool() {
        var health = ToolHealth()
        for count in 1...20 { health.take(outcome(.exit, at: Int64(count)), policy) }
        health.take(outcome(.refused, at: 30), policy)
        #expect(health.stored == .available)
        #expect(health.day(at: 30).failures == 21)
    }

    /// Whatever is told in whatever order: no figure counts what is older than its window, and all that is younger.
    @Test(arguments: 0..<20) func windowsCountWhatIsInThem(seed: Int) {
        var dice = Dice(seed: UInt64(seed)), health = ToolHealth(), told: [ToolHealth.Outcome] = []
        var now: Int64 = 1_800_000_000_000
        for _ in 0..<300 {
            now += Int64.random(in: 0...600_000, using: &dice)
            let one = outcome(
                Bool.random(using: &dice) ? .timeout : nil, at: now, took: Int64.random(in: 1...90_000, using: &dice))
            told.append(one)
            health.take(one, policy)
            health = ToolRecord(fields: ToolRecord(health: health).fields).health
        }
        let recent = told.filter { $0.atMilliseconds / 60_000 > now / 60_000 - 15 }
        let today = told.filter { $0.atMilliseconds / 3_600_000 > now / 3_600_000 - 24 }
        #expect(health.quarter(at: now).calls == Int64(recent.count))
        #expect(health.quarter(at: now).failures == Int64(recent.count { $0.failure != nil }))
        #expect(health.day(at: now).calls == Int64(today.count))
        let sorted = today.compactMap(\.durationMilliseconds).sorted()
        let median = Double(sorted[(sorted.count - 1) / 2]), said = health.day(at: now).p50 ?? 0
        #expect(said >= median && said <= median * 1.5 + 1, "\(said) of \(median)")
        #expect(health.day(at: now + 25 * 3_600_000).calls == 0)
    }

    @Test(arguments: [
        ("Error: connect ECONNREFUSED 127.0.0.1:1", ToolErrorClass.network), ("HTTP 429 Too Many Requests", .rateLimit),
        ("MCP server \"x\" is not connected", .serverGone), ("operation timed out", .timeout),
        ("The user doesn't want to proceed", .refused), ("Exit code 2", .exit), ("HTTP 503", .serverError),
        ("what is this", .unknown), ("401 Unauthorized", .auth), ("No such file or directory", .notFound),
    ])
    func isOfTheClassThatItsWordsSay(text: String, kind: ToolErrorClass) { #expect(ToolErrorClass(of: text) == kind) }

    @Test func aFallbackSaysWhatIsKnown() throws {
        let tool = try #require(ToolName(rawValue: "crowdstrike"))
        var health = ToolHealth()
        for count in 1...3 { health.take(outcome(.timeout, at: 1_800_000_000_000 + Int64(count)), policy) }
        let fallback = ToolFallback(tool: tool, health: health, at: 1_800_000_001_000)
        #expect(fallback.text(by: "").hasPrefix("crowdstrike did not answer in time, since 2027-01-15T08:00:00.003Z"))
        #expect(fallback.text(by: "{tool}: {class} {no} {") == "crowdstrike: timeout {no} {")
    }

    // MARK: - Told by hooks and by transcripts

    private func call(
        _ id: String, _ failure: ToolErrorClass? = nil, at now: Int64, in session: String = "s"
    ) -> ToolHealth.Outcome {
        ToolHealth.Outcome(failure: failure, message: "m", atMilliseconds: now, callID: id, session: session)
    }

    /// A hook tells of failures at once, and the transcript of all calls when the turn is over: each counts once, and what a
    /// success between two failures says is heeded.
    @Test(arguments: 0..<50) func eachCallCountsOnceWhoeverTellsItFirst(seed: Int) {
        var dice = Dice(seed: UInt64(seed)), health = ToolHealth(), turn: [ToolHealth.Outcome] = []
        var (calls, failures, now) = (0, 0, Int64(1_800_000_000_000))
        for turnNumber in 0..<20 {
            turn = []
            for number in 0..<Int.random(in: 1...30, using: &dice) {
                now += 1000
                let failure: ToolErrorClass? = Bool.random(using: &dice) ? .timeout : nil
                let one = call("\(turnNumber)-\(number)", failure, at: now)
                turn.append(one)
                calls += 1
                if failure == nil { continue }
                failures += 1
                // Some hooks do not get through.
                if Int.random(in: 0..<4, using: &dice) > 0 { health.take(one, policy, ahead: true) }
            }
            for one in turn { health.take(one, policy) }
            health = ToolRecord(fields: ToolRecord(health: health).fields).health
        }
        #expect(health.calls == Int64(calls) && health.failures == Int64(failures))
        #expect(health.day(at: now).calls == Int64(calls))
        #expect(health.told.isEmpty)
    }

    @Test func whatIsToldLateIsCountedAndChangesNothingElse() {
        var health = ToolHealth()
        health.take(call("a", .timeout, at: 1000), policy, ahead: true)
        health.take(call("b", .timeout, at: 3000), policy, ahead: true)
        health.take(call("c", at: 2000), policy)
        #expect(health.failuresInARow == 2, "a success of before the last failure says nothing of now")
        #expect(health.lastSuccessMilliseconds == 2000 && health.calls == 3)
        health.take(call("d", at: 4000), policy)
        health.take(call("e", .network, at: 3500), policy)
        #expect(health.failuresInARow == 0 && health.lastFailure == .timeout && health.failures == 3)
        // A clock that was ahead and is set right.
        health.take(call("f", at: 9_000_000), policy)
        health.agree(withClock: 5000)
        health.take(call("g", .network, at: 5001), policy)
        #expect(health.failuresInARow == 1 && health.lastFailure == .network)
    }

    @Test func otherSessionsAreCountedForAQuarterOfAnHour() {
        var health = ToolHealth()
        for number in 0..<40 {
            health.take(call("\(number)", .timeout, at: Int64(number) * 60_000, in: "s\(number)"), policy, ahead: true)
        }
        let now: Int64 = 39 * 60_000
        #expect(health.failingSessions(besides: "s39", at: now) == 14)
        #expect(health.failingSessions(besides: "other", at: now) == 15)
        #expect(health.failing.count <= 32)
    }

    // MARK: - In words

    @Test(arguments: [
        ("Exit code 1\nconnection refused to 10.0.0.1 timed out", ToolErrorClass.exit),
        ("MCP error -32000: Connection closed", .serverGone), ("Request failed with status code 429", .rateLimit),
        ("API Error: 529 overloaded_error", .serverError), ("HTTP 503", .serverError), ("HTTP 404", .notFound),
        ("found on line 429 of a file", .unknown), ("port 500 is taken", .unknown),
        ("This command requires approval", .refused), ("Request failed with status code 403", .permission),
        ("getaddrinfo ENOTFOUND example.org", .network), ("", .unknown), ("429", .rateLimit), ("42", .unknown),
        ("<tool_use_error>File has not been read yet. Read it first", .invalidInput),
        ("The user doesn't want to proceed with this tool use. Request timed out", .refused),
    ]) func aFailureIsClassedByItsWords(words: String, wanted: ToolErrorClass) {
        #expect(ToolErrorClass(of: words) == wanted)
    }

    @Test func adviceSaysWhatIsWrongSinceWhenAndWhatToDo() throws {
        var health = ToolHealth()
        let tool = try #require(ToolName(rawValue: "mcp__feeds__look")), start: Int64 = 1_800_000_000_000
        func advice(at now: Int64) -> ToolAdvice {
            ToolAdvice(tool: tool, health: health, policy: policy, at: now)
        }
        health.take(call("0", at: start), policy)
        health.take(call("1", .timeout, at: start + 1, in: "other"), policy, ahead: true)
        #expect(!advice(at: start + 1).isDue)
        health.take(call("2", .timeout, at: start + 2), policy, ahead: true)
        #expect(advice(at: start + 2).isDue)
        let first = advice(at: start + 2).text(to: "s")
        for words in [
            "mcp__feeds__look did not answer in time", "2 failures in a row", "last success 2027-01-15T08:00:00",
            "also in 1 other session.", "Trying again may help, after a pause.", "go on without it",
        ] {
            #expect(first.contains(words), "\(words): \(first)")
        }
        health.take(call("3", .timeout, at: start + 3), policy, ahead: true)
        let second = advice(at: start + 3).text(to: "s")
        #expect(second.contains("unavailable since 2027-01-15T08:00:00.003Z"), "\(second)")
        #expect(second.contains("may help after 2027-01-15T08:01:00.003Z, not before"), "\(second)")
        #expect(ToolAdvice.recovery(of: [tool]) == "holdfast: mcp__feeds__look works again.")
        #expect(!second.contains("\n"))
    }
}

private struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
