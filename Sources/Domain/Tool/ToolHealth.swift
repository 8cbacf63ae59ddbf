/// How a tool does: what became of its calls in the last 15 minutes and 24 hours, and whether it is worth calling.
///
///                 limit in a row                       time to try again is over
///     available ─────────────────> unavailable ──────────────────────────────> (one call is the probe)
///        ^                             ^                                              │
///        │ so many succeed in a row    │ one fails                                    │ succeeds
///        └──────────────────────── recovering <──────────────────────────────────────┘
///
/// Degraded is what is available and fails more than now and then: it is read off the window, and not kept.
package struct ToolHealth: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable, Codable { case available, degraded, unavailable, recovering }

    /// What became of calls that began within a minute, or an hour.
    package struct Bucket: Sendable, Equatable {
        /// Minutes, or hours, since 1970.
        package var start: Int64
        package var calls: Int64 = 0
        package var failures: Int64 = 0
        package var durations = DurationSpread()

        init(start: Int64) { self.start = start }
    }

    /// One call.
    package struct Outcome: Sendable, Equatable {
        /// nil where it succeeded.
        package var failure: ToolErrorClass?
        /// For people, without secrets.
        package var message: String
        package var durationMilliseconds: Int64?
        /// When it ended, ms since 1970.
        package var atMilliseconds: Int64
        /// What the client calls the call, so that none is counted twice; empty where nobody names it.
        package var callID: String
        /// In which it was called; empty outside of one.
        package var session: String

        package init(
            failure: ToolErrorClass? = nil, message: String = "", durationMilliseconds: Int64? = nil,
            atMilliseconds: Int64, callID: String = "", session: String = ""
        ) {
            self.failure = failure
            self.message = message
            self.durationMilliseconds = durationMilliseconds
            self.atMilliseconds = atMilliseconds
            self.callID = callID
            self.session = session
        }
    }

    /// Of several calls together.
    package struct Figures: Sendable, Equatable {
        package var calls: Int64 = 0
        package var failures: Int64 = 0
        /// ms.
        package var p50: Double?
        package var p95: Double?
        package var failedPercent: Double? { calls > 0 ? 100 * Double(failures) / Double(calls) : nil }
    }

    /// As it is kept: never degraded.
    package internal(set) var stored = State.available
    package internal(set) var sinceMilliseconds: Int64 = 0
    /// In a row, of those that count against it; and of successes since it was unavailable.
    package internal(set) var failuresInARow: Int64 = 0
    package internal(set) var successesInARow: Int64 = 0
    package internal(set) var lastSuccessMilliseconds: Int64 = 0
    package internal(set) var lastFailureMilliseconds: Int64 = 0
    package internal(set) var lastFailure: ToolErrorClass?
    package internal(set) var lastMessage = ""
    /// In which session it failed last.
    package internal(set) var lastSession = ""
    /// When an unavailable one may be tried, ms; and until when somebody does.
    package internal(set) var retryAtMilliseconds: Int64 = 0
    package internal(set) var probeUntilMilliseconds: Int64 = 0
    package internal(set) var minutes: [Bucket] = []
    package internal(set) var hours: [Bucket] = []
    /// Since it was first called, as long as it is called once a week.
    package internal(set) var calls: Int64 = 0
    package internal(set) var failures: Int64 = 0
    /// Calls of which was told before their transcript was read, the oldest first.
    package internal(set) var told: [String] = []
    /// Sessions in which it failed of late, by name, with when, ms.
    package internal(set) var failing: [String: Int64] = [:]

    package init() {}

    private static let minuteCount: Int64 = 15, hourCount: Int64 = 24
    /// Successes in a row that make it available again.
    private static let recovered: Int64 = 2
    /// Of the window, in which it counts as degraded, percent, and of how many calls.
    private static let degradedPercent = 20.0, degradedCalls: Int64 = 5
    /// How long somebody who tries it may take.
    private static let probeMilliseconds: Int64 = 120_000
    /// More calls of one tool seldom fail within a turn; 2 KB in Redis.
    private static let toldCount = 128
    private static let failingMilliseconds: Int64 = 900_000, failingCount = 32

    /// Takes in what became of a call. What is told late, of before the last that is known, is counted, and changes nothing
    /// else: a transcript is read when its turn is over, and another session may have gone on meanwhile.
    /// - Parameter ahead: it is told by a hook; the transcript that tells it again is read later.
    package mutating func take(_ outcome: Outcome, _ policy: ToolPolicy, ahead: Bool = false) {
        guard !isToldAgain(outcome.callID, ahead: ahead) else { return }
        count(outcome)
        let now = outcome.atMilliseconds
        guard let failure = outcome.failure else { return succeed(at: now) }
        let isLate = !ahead && now < max(lastSuccessMilliseconds, lastFailureMilliseconds)
        note(outcome.session, at: now)
        guard !isLate else { return }
        lastFailureMilliseconds = now
        (lastFailure, lastMessage, lastSession) = (failure, outcome.message, outcome.session)
        guard failure.countsAgainstTool else { return }
        failuresInARow += 1
        successesInARow = 0
        guard stored != .available || failuresInARow >= policy.unavailableAfter else { return }
        retryAtMilliseconds = now + policy.retryAfterMilliseconds
        probeUntilMilliseconds = 0
        become(.unavailable, at: now)
    }

    /// It answered, whoever asked; without a count.
    package mutating func succeed(at now: Int64) {
        // Known already, by whoever looked into the transcript before it was captured.
        guard now != lastSuccessMilliseconds else { return }
        guard now >= max(lastSuccessMilliseconds, lastFailureMilliseconds) else {
            lastSuccessMilliseconds = max(lastSuccessMilliseconds, now)
            return
        }
        lastSuccessMilliseconds = now
        failuresInARow = 0
        probeUntilMilliseconds = 0
        guard stored != .available else { return }
        successesInARow += 1
        become(successesInARow >= Self.recovered ? .available : .recovering, at: now)
    }

    /// Whether something of it is of a session, or says what is to be forgotten.
    package func tells(of sessions: Set<String>, or isForgotten: (String) -> Bool) -> Bool {
        !lastMessage.isEmpty && (sessions.contains(lastSession) || isForgotten(lastMessage))
            || failing.keys.contains { sessions.contains($0) }
    }

    package mutating func forget(_ sessions: Set<String>, or isForgotten: (String) -> Bool) {
        if sessions.contains(lastSession) || isForgotten(lastMessage) { (lastMessage, lastSession) = ("", "") }
        failing = failing.filter { !sessions.contains($0.key) }
    }

    /// Nothing is of later than now: a clock may have been set back, and would make all that follows late.
    package mutating func agree(withClock now: Int64) {
        lastSuccessMilliseconds = min(lastSuccessMilliseconds, now)
        lastFailureMilliseconds = min(lastFailureMilliseconds, now)
        if !failing.isEmpty { failing = failing.mapValues { min($0, now) } }
    }

    /// Whether a call is known by what a hook told of it.
    private mutating func isToldAgain(_ callID: String, ahead: Bool) -> Bool {
        guard !callID.isEmpty else { return false }
        let mark = Checksum.fnv1a(callID).hexadecimal
        if let index = told.firstIndex(of: mark) {
            // Its transcript tells it once; then the place is free.
            if !ahead { told.remove(at: index) }
            return true
        }
        if ahead { told = told.suffix(Self.toldCount - 1) + [mark] }
        return false
    }

    private mutating func note(_ session: String, at now: Int64) {
        guard !session.isEmpty else { return }
        failing[session] = max(failing[session] ?? 0, now)
        let newest = failing.values.max() ?? now
        failing = failing.filter { newest - $0.value < Self.failingMilliseconds }
        while failing.count > Self.failingCount,
            let oldest = failing.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        {
            failing[oldest.key] = nil
        }
    }

    /// In how many sessions it failed within the last 15 minutes.
    package func failingSessions(besides session: String, at now: Int64) -> Int {
        failing.count { $0.key != session && now - $0.value < Self.failingMilliseconds }
    }

    private mutating func become(_ state: State, at now: Int64) {
        guard stored != state else { return }
        (stored, sinceMilliseconds) = (state, now)
        if state == .available { (successesInARow, retryAtMilliseconds) = (0, 0) }
    }

    private mutating func count(_ outcome: Outcome) {
        calls += 1
        if outcome.failure != nil { failures += 1 }
        Self.add(outcome, to: &minutes, at: outcome.atMilliseconds / 60_000, keeping: Self.minuteCount)
        Self.add(outcome, to: &hours, at: outcome.atMilliseconds / 3_600_000, keeping: Self.hourCount)
    }

    private static func add(_ outcome: Outcome, to buckets: inout [Bucket], at start: Int64, keeping count: Int64) {
        let newest = max(start, buckets.map(\.start).max() ?? start)
        // What is told late may be of before all that is kept.
        guard start > newest - count else { return }
        buckets.removeAll { $0.start <= newest - count }
        let index =
            buckets.firstIndex { $0.start == start }
            ?? {
                let index = buckets.firstIndex { $0.start > start } ?? buckets.count
                buckets.insert(Bucket(start: start), at: index)
                return index
            }()
        buckets[index].calls += 1
        if outcome.failure != nil { buckets[index].failures += 1 }
        if let duration = outcome.durationMilliseconds { buckets[index].durations.add(duration) }
    }

    /// Of the last 15 minutes.
    package func quarter(at now: Int64) -> Figures { Self.figures(minutes, since: now / 60_000 - Self.minuteCount) }
    /// Of the last 24 hours.
    package func day(at now: Int64) -> Figures { Self.figures(hours, since: now / 3_600_000 - Self.hourCount) }

    private static func figures(_ buckets: [Bucket], since start: Int64) -> Figures {
        var (figures, durations) = (Figures(), DurationSpread())
        for bucket in buckets where bucket.start > start {
            figures.calls += bucket.calls
            figures.failures += bucket.failures
            durations.formUnion(bucket.durations)
        }
        (figures.p50, figures.p95) = (durations.percentile(0.5), durations.percentile(0.95))
        return figures
    }

    package func state(at now: Int64) -> State {
        guard stored == .available else { return stored }
        let quarter = quarter(at: now)
        guard quarter.calls >= Self.degradedCalls, quarter.failedPercent ?? 0 >= Self.degradedPercent else {
            return .available
        }
        return .degraded
    }

    /// Whether it is worth calling.
    package enum Advice: Sendable, Equatable {
        case call
        /// It was unavailable, and this call is to say whether it still is.
        case probe
        /// Not before a time, ms since 1970.
        case wait(untilMilliseconds: Int64)
    }

    /// Asks whether to call; who is told to probe is the only one for a while.
    package mutating func ask(at now: Int64) -> Advice {
        guard stored == .unavailable else { return .call }
        guard now >= retryAtMilliseconds else { return .wait(untilMilliseconds: retryAtMilliseconds) }
        guard now >= probeUntilMilliseconds || probeUntilMilliseconds - now > Self.probeMilliseconds else {
            return .wait(untilMilliseconds: probeUntilMilliseconds)
        }
        probeUntilMilliseconds = now + Self.probeMilliseconds
        return .probe
    }

    /// A person says that it is well.
    package mutating func reset(at now: Int64) {
        (failuresInARow, probeUntilMilliseconds) = (0, 0)
        become(.available, at: now)
    }
}
