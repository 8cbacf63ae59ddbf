/// Decides whether a provider may be called. Shared by all companions that use the same provider and credential.
///
///                 limit in a row, or rate of the window
///     closed ───────────────────────────────────────────────> open ──┐
///       ^  ^                                                  ^  ^   │ stopped: auth, permission, quota, no such model
///       │  │                                                  │  └───┘ (until the named time; a health check ends auth)
///       │  └── health check, failed before, says well ────────┤
///       │                                                     │
///       │ probe succeeds          interval over, one caller   │
///       └──────────────────── half-open <─────────────────────┤
///                                 │                           │
///                                 └── probe fails: interval doubles, 30 s ... 10 min
///
/// A probe has a token and a deadline: a prober that died frees its place. Each change of state raises the generation;
/// results of calls made in an earlier one change nothing. Forced open stays open until it is forced closed.
package struct Circuit: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case closed, open
        case halfOpen = "half-open"
    }

    package enum Verdict: Sendable, Equatable {
        /// Go on; what comes of it is told with this generation.
        case call(generation: Int64)
        /// Go on as the only one.
        case probe(generation: Int64)
        /// nil: until a person acts or a health check says well.
        case wait(untilMilliseconds: Int64?)
    }

    /// What a change was, for those who are to be told.
    package enum Change: Sendable, Equatable {
        case opened
        /// After so many ms.
        case closed(afterMilliseconds: Int64)
    }

    package struct Bucket: Sendable, Equatable {
        var startMilliseconds: Int64
        var calls: Int64
        var failures: Int64
    }

    package internal(set) var state = State.closed
    package internal(set) var sinceMilliseconds: Int64 = 0
    /// Why it is as it is: a failure category, `forced`, or empty.
    package internal(set) var reason = ""
    /// The failure's own words, for people.
    package internal(set) var message = ""
    package internal(set) var generation: Int64 = 0
    /// In a row.
    package internal(set) var failures: Int64 = 0
    /// Openings since it was last closed.
    package internal(set) var openings: Int64 = 0
    /// Since when no call succeeded, ms; 0 while closed.
    package internal(set) var downSinceMilliseconds: Int64 = 0
    package internal(set) var openUntilMilliseconds: Int64?
    package internal(set) var probeToken = ""
    package internal(set) var probeUntilMilliseconds: Int64 = 0
    package internal(set) var lastCheckMilliseconds: Int64 = 0
    /// A health check failed since it was last closed.
    package internal(set) var hasCheckFailed = false
    /// What the last health check said; empty when it was well.
    package internal(set) var checkMessage = ""
    package internal(set) var lastSuccessMilliseconds: Int64 = 0
    /// The last call that failed, of whatever class.
    package internal(set) var lastFailureMilliseconds: Int64 = 0
    package internal(set) var lastFailureReason = ""
    package internal(set) var lastFailureMessage = ""
    /// Calls that failed since one succeeded, of whatever class: a circuit that stays closed through refusals for rate
    /// must not hide that nothing is answered.
    package internal(set) var unanswered: Int64 = 0
    /// Until when the provider asked not to be called, ms; 0 for not at all. It answers, so this is no opening: no call
    /// is to try whether it is back.
    package internal(set) var waitUntilMilliseconds: Int64 = 0
    package var window: [Bucket] = []

    package init() {}

    package var isForced: Bool { reason == Self.forced }
    static let forced = "forced"

    /// Asks for permission to call.
    package mutating func request(token: String, at now: Int64, policy: CircuitPolicy) -> Verdict {
        switch state {
        case .closed:
            guard now >= waitUntilMilliseconds else { return .wait(untilMilliseconds: waitUntilMilliseconds) }
            return .call(generation: generation)
        case .open:
            guard let until = openUntilMilliseconds else { return .wait(untilMilliseconds: nil) }
            guard now >= until else { return .wait(untilMilliseconds: until) }
            become(.halfOpen, at: now)
        case .halfOpen:
            guard probeToken.isEmpty || now >= probeUntilMilliseconds else {
                return .wait(untilMilliseconds: probeUntilMilliseconds)
            }
        }
        probeToken = token
        probeUntilMilliseconds = now + policy.probeMilliseconds
        return .probe(generation: generation)
    }

    /// Calls made in a generation succeeded. Those that outlived their generation say nothing.
    package mutating func succeeded(
        _ calls: Int64 = 1, generation: Int64, token: String, at now: Int64, policy: CircuitPolicy
    ) -> Change? {
        guard generation == self.generation else { return nil }
        lastSuccessMilliseconds = now
        unanswered = 0
        // What a check complained of is over.
        checkMessage = ""
        switch state {
        case .closed:
            failures = 0
            count(calls, failed: 0, at: now, policy)
            return nil
        case .halfOpen: return probeToken == token ? close(at: now) : nil
        case .open: return nil
        }
    }

    /// A call made in a generation failed.
    /// - Parameter random: 0..<1, spreads the companions' next tries.
    package mutating func failed(
        _ failure: FailureClass, message: String = "", generation: Int64, token: String, at now: Int64,
        policy: CircuitPolicy, random: Double
    ) -> Change? {
        guard generation == self.generation, state != .open else { return nil }
        unanswered += 1
        lastFailureMilliseconds = now
        lastFailureReason = failure.category.rawValue
        lastFailureMessage = message
        if failure.category.stopsProvider || failure.stopsUntilMended || failure.isOfConfiguration {
            let wasClosed = state == .closed
            stop(failure, message, at: now, policy)
            return wasClosed ? .opened : nil
        }
        guard failure.countsAgainstCircuit || failure.isShared else {
            if state == .closed, failure.category == .rateLimit { wait(for: failure, at: now, policy) }
            // The provider is there and talks; a probe that met a rate limit is made again at the time it named.
            if state == .halfOpen, probeToken == token {
                if failure.category.cause == .episode { return close(at: now) }
                reopen(failure, message, at: now, policy, random)
            }
            return nil
        }
        if state == .halfOpen {
            guard probeToken == token else { return nil }
            reopen(failure, message, at: now, policy, random)
            return nil
        }
        failures += 1
        count(1, failed: 1, at: now, policy)
        guard failure.isShared || failures >= policy.failureLimit || isRateExceeded(policy) else {
            wait(for: failure, at: now, policy)
            return nil
        }
        reopen(failure, message, at: now, policy, random)
        return .opened
    }

    /// The prober was stopped before there was a result.
    package mutating func gaveUpProbe(token: String) {
        if state == .halfOpen, probeToken == token { probeToken = "" }
    }

    /// A health check that costs nothing said well. After one that failed this is the recovery. Where the checks were
    /// well all along while calls failed, they tell nothing: a list of models answers through an overload, and knows
    /// nothing of quota or of leave to use a model.
    ///
    /// A refused key is the exception: the check was made with it. It may have been mended before a check could fail, or
    /// the list may ask for none; a probe finds out, after the pauses of an outage and not after an hour.
    package mutating func checkedWell(at now: Int64, policy: CircuitPolicy = CircuitPolicy()) -> Change? {
        lastCheckMilliseconds = now
        checkMessage = ""
        guard state != .closed, !isForced else { return nil }
        let category = FailureCategory(rawValue: reason)
        guard hasCheckFailed else {
            if state == .open, category == .auth, openUntilMilliseconds == sinceMilliseconds + policy.stopMilliseconds {
                openUntilMilliseconds = sinceMilliseconds + policy.interval(openings: openings, random: 0.5)
            }
            return nil
        }
        if let category, category.stopsProvider, category != .auth { return nil }
        return close(at: now)
    }

    package mutating func checkedBadly(_ message: String = "", at now: Int64) {
        lastCheckMilliseconds = now
        checkMessage = message
        if state != .closed { hasCheckFailed = true }
    }

    @discardableResult
    package mutating func force(open: Bool, at now: Int64) -> Change? {
        if open {
            let wasOpen = state != .closed
            if !wasOpen { downSinceMilliseconds = now }
            become(.open, at: now)
            reason = Self.forced
            message = ""
            openUntilMilliseconds = nil
            return wasOpen ? nil : .opened
        }
        guard state == .closed else { return close(at: now) }
        lift(at: now)
        return nil
    }

    /// A person wants the provider called now, whatever time it named: what was begun before says nothing of that.
    package mutating func lift(at now: Int64) {
        guard waitUntilMilliseconds > now else { return }
        waitUntilMilliseconds = 0
        generation += 1
    }

    /// Longer ones are a quota's, which stops the provider.
    private mutating func wait(for failure: FailureClass, at now: Int64, _ policy: CircuitPolicy) {
        let named = failure.retryAfterMilliseconds
        guard named > 0 else { return }
        waitUntilMilliseconds = max(waitUntilMilliseconds, now + min(named, policy.longestWaitMilliseconds))
    }

    /// The configuration changed, or a person says that it is mended: what stopped the provider is tried anew at once.
    package mutating func tryAnew(at now: Int64) {
        if state == .open, !isForced { openUntilMilliseconds = now }
    }

    private mutating func close(at now: Int64) -> Change {
        let down = downSinceMilliseconds
        become(.closed, at: now)
        reason = ""
        message = ""
        failures = 0
        openings = 0
        downSinceMilliseconds = 0
        openUntilMilliseconds = nil
        waitUntilMilliseconds = 0
        hasCheckFailed = false
        window = []
        return .closed(afterMilliseconds: max(0, now - down))
    }

    private mutating func reopen(
        _ failure: FailureClass, _ message: String, at now: Int64, _ policy: CircuitPolicy, _ random: Double
    ) {
        openings += 1
        if downSinceMilliseconds == 0 { downSinceMilliseconds = now }
        become(.open, at: now)
        reason = failure.category.rawValue
        self.message = message
        let own = policy.interval(openings: openings, random: random)
        openUntilMilliseconds = now + max(own, failure.retryAfterMilliseconds)
    }

    private mutating func stop(_ failure: FailureClass, _ message: String, at now: Int64, _ policy: CircuitPolicy) {
        openings += 1
        if downSinceMilliseconds == 0 { downSinceMilliseconds = now }
        become(.open, at: now)
        reason = failure.category.rawValue
        self.message = message
        let named = failure.retryAfterMilliseconds
        // A refused call costs nothing; asked once an hour, a provider that was mended elsewhere comes back by itself.
        openUntilMilliseconds = now + (named > 0 ? named : policy.stopMilliseconds)
    }

    private mutating func become(_ next: State, at now: Int64) {
        state = next
        sinceMilliseconds = now
        generation += 1
        probeToken = ""
        probeUntilMilliseconds = 0
    }

    private mutating func count(_ calls: Int64, failed: Int64, at now: Int64, _ policy: CircuitPolicy) {
        let start = now - now % policy.bucketMilliseconds
        let oldest = start - policy.bucketMilliseconds * Int64(policy.bucketCount - 1)
        // A clock that was set back leaves buckets of the future; they count no more.
        window.removeAll { $0.startMilliseconds < oldest || $0.startMilliseconds > start }
        if window.last?.startMilliseconds != start {
            window.append(Bucket(startMilliseconds: start, calls: 0, failures: 0))
        }
        window[window.count - 1].calls += calls
        window[window.count - 1].failures += failed
    }

    private func isRateExceeded(_ policy: CircuitPolicy) -> Bool {
        let calls = window.reduce(0) { $0 + $1.calls }
        let failures = window.reduce(0) { $0 + $1.failures }
        return calls >= policy.minimumCalls && Double(failures) >= Double(calls) * policy.failureRate
    }
}

extension FailureClass {
    /// A network failure that no waiting mends: a certificate that is not trusted.
    var stopsUntilMended: Bool { category == .network && !isRetryable }

    package var retryAfterMilliseconds: Int64 { Int64(min(max(retryAfterSeconds ?? 0, 0), 2_678_400) * 1000) }
}
