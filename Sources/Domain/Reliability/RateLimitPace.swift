/// How fast a rate limit is used up: the share that is left, seen again and again within one of its windows.
package struct RateLimitPace: Sendable, Equatable {
    private struct Sight: Equatable {
        var milliseconds: Int64
        var share: Double
    }

    private var first: Sight?
    private var last: Sight?
    /// When the limit is full again, ms; nil where nobody says.
    private var resetMilliseconds: Int64?

    package init() {}

    /// - Parameters:
    ///   - share: of the limit that is left, 0...1.
    ///   - reset: when it is full again, ms.
    package mutating func saw(share: Double, reset: Int64?, at now: Int64) {
        let sight = Sight(milliseconds: now, share: min(max(share, 0), 1))
        // More is left than before, or the time has come: a new window. Limits that refill all the time begin one so, too.
        let isNew = resetMilliseconds.map { now >= $0 } ?? false || last.map { sight.share > $0.share } ?? true
        if isNew { first = sight }
        last = sight
        resetMilliseconds = reset
    }

    /// A call was granted: what was used up is not any more, and nobody has said how much is left.
    package mutating func wasGranted(at now: Int64) {
        if let last, last.share <= 0, now > last.milliseconds { self = RateLimitPace() }
    }

    /// How long a share is believed of which nobody said until when it holds, ms: limits are by the minute.
    private static let unsaid: Int64 = 60_000

    /// Percent; full again once its reset is over; nil where nobody knows.
    package func leftPercent(at now: Int64) -> Double? {
        guard let last else { return nil }
        guard let resetMilliseconds else { return now - last.milliseconds < Self.unsaid ? 100 * last.share : nil }
        return now >= resetMilliseconds ? 100 : 100 * last.share
    }

    /// When it will be used up at the pace of this window, ms.
    /// - Returns: nil where that is not before its reset, or nothing was used yet.
    package func usedUp(at now: Int64) -> Int64? {
        guard let first, let last, last.milliseconds > first.milliseconds, first.share > last.share else { return nil }
        let perMillisecond = (first.share - last.share) / Double(last.milliseconds - first.milliseconds)
        let left = last.share / perMillisecond
        guard left < 1e13 else { return nil }
        let end = last.milliseconds + Int64(left.rounded())
        if let resetMilliseconds, end >= resetMilliseconds { return nil }
        return max(end, now)
    }
}
