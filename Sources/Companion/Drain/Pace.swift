package import Domain

/// How fast the drain may go: how many episodes at once, and not before when. Pure; the drain keeps it.
package struct Pace: Sendable, Equatable {
    /// Episodes at once at most.
    package private(set) var concurrency: Int
    /// Model calls a minute at most; 0 for no limit.
    package private(set) var callsPerMinute: Int64
    /// Episodes at once now: one after an outage, twice as many after each success.
    package private(set) var slots: Int
    /// No call before this, ms since 1970.
    package private(set) var pausedUntilMilliseconds: Int64 = 0

    package init(concurrency: Int, callsPerMinute: Int64 = 0, isCareful: Bool = false) {
        self.concurrency = max(1, concurrency)
        self.callsPerMinute = callsPerMinute
        slots = isCareful ? 1 : max(1, concurrency)
    }

    /// What a person allows may change at any time. What an outage or a limit has slowed down stays slow.
    /// - Returns: whether it is something else than before.
    package mutating func allow(concurrency: Int, callsPerMinute: Int64) -> Bool {
        let concurrency = max(1, concurrency)
        guard concurrency != self.concurrency || callsPerMinute != self.callsPerMinute else { return false }
        slots = slots == self.concurrency ? concurrency : min(slots, concurrency)
        self.concurrency = concurrency
        self.callsPerMinute = callsPerMinute
        return true
    }

    /// Calls are about to be made.
    package mutating func spaceOut(_ calls: Int64 = 1, at now: Int64) {
        if callsPerMinute > 0 { pause(until: now + 60_000 * calls / callsPerMinute) }
    }

    /// - Parameters:
    ///   - remaining: the smallest share of any of the provider's limits that is left, 0...1. Under a fifth the drain
    ///     slows down: what is left is to last until the limit is full again.
    ///   - resetsAfterSeconds: until then.
    package mutating func succeeded(remaining: Double?, resetsAfterSeconds: Double?, at now: Int64) {
        slots = min(concurrency, slots * 2)
        guard let remaining, remaining < 0.2 else { return }
        let resets = min(max(resetsAfterSeconds ?? 10, 0), 60)
        let share = 1 - max(0, remaining) / 0.2
        pause(until: now + Int64(resets * 1000 * share / Double(concurrency)))
    }

    package mutating func failed(_ failure: FailureClass, at now: Int64) {
        guard failure.category == .rateLimit else { return }
        slots = max(1, slots / 2)
        // What the provider names is the circuit's matter: all who share it wait, people see it and can lift it.
        pause(until: now + 1000)
    }

    /// The provider is back after an outage.
    package mutating func beginAnew() {
        slots = 1
        pausedUntilMilliseconds = 0
    }

    package mutating func pause(until milliseconds: Int64) {
        pausedUntilMilliseconds = max(pausedUntilMilliseconds, milliseconds)
    }
}
