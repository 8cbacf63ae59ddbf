/// How far the delivery of one thing to one sink is.
package struct SinkStanding: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case waiting
        /// Handed over, and to be confirmed.
        case sent
        case done
        /// Given up, until a person says otherwise.
        case dead
    }

    package var state = State.waiting
    /// How often its delivery failed, or was never seen to have succeeded.
    package var attempts: Int64 = 0
    /// When it was handed over last, ms since 1970: since then it may be there. 0 where it was never, or was refused.
    package var sentMilliseconds: Int64 = 0
    /// When to go on with it, ms since 1970.
    package var dueMilliseconds: Int64 = 0
    /// What went wrong last, for people.
    package var error = ""

    package init() {}
}

extension SinkStanding {
    /// What comes next.
    package enum Step: Sendable, Equatable {
        case handOver
        /// It is looked whether it is there.
        case look
        /// It had its time: where it is not there it is handed over again.
        case lookAndHandOver
        /// The same, for the last time.
        case lookAndGiveUp
    }

    /// What was handed over and is not seen within so long is handed over again, ms.
    private static let patience: Int64 = 600_000
    /// A clock that was ahead by more is not waited for, ms.
    private static let day: Int64 = 86_400_000
    /// No pause is longer, ms: what is due later was told by a clock that was ahead.
    private static let mostPause: Int64 = 32 * day
    /// How often one is handed over that is never seen.
    private static let mostAttempts: Int64 = 5

    /// - Parameter confirms: whether the sink says later that it has what it took; one that does not has it once it says yes.
    package func step(confirms: Bool, at now: Int64) -> Step {
        guard confirms else { return .handOver }
        // What failed before may have been taken for refused by an earlier version.
        guard sentMilliseconds > 0 else { return attempts > 0 ? .lookAndHandOver : .handOver }
        let since = now - sentMilliseconds
        if since > -Self.day, since < Self.patience { return .look }
        return attempts < Self.mostAttempts ? .lookAndHandOver : .lookAndGiveUp
    }

    /// How long to wait before it is gone on with, ms.
    package func pause(at now: Int64) -> Int64 {
        let pause = max(0, dueMilliseconds - now)
        return pause > Self.mostPause ? 0 : pause
    }

    /// To be kept before it is handed over: a kill behind the answer would leave nobody who knows of it.
    package func sent(at now: Int64) -> SinkStanding {
        var next = self
        next.state = .sent
        // Refusals before the first that was taken say nothing of how often it was not seen.
        next.attempts = sentMilliseconds > 0 ? attempts + 1 : 0
        (next.sentMilliseconds, next.dueMilliseconds, next.error) = (now, now, "")
        return next
    }

    package func delivered() -> SinkStanding {
        var next = self
        (next.state, next.error) = (.done, "")
        return next
    }

    /// Nobody knows whether it is there: neither by a look, nor by the answer to what was handed over.
    /// - Parameter costs: whether it counts, since the sink is well and what is asked of it fails all the same: what cannot be
    ///   looked for is not waited for without end.
    package func unseen(_ reason: String, until due: Int64, costs: Bool = false) -> SinkStanding {
        if costs, attempts >= Self.mostAttempts { return givenUp(reason) }
        var next = self
        (next.error, next.dueMilliseconds) = (reason, due)
        next.attempts += costs ? 1 : 0
        return next
    }

    /// It was not taken, for sure. To be asked of what it was before it was handed over: what an earlier hand-over left may
    /// still come to be seen.
    /// - Parameter costs: whether it counts: an outage is not to be blamed on what is handed over.
    package func refused(_ reason: String, until due: Int64, costs: Bool = true) -> SinkStanding {
        var next = unseen(reason, until: due)
        next.state = sentMilliseconds > 0 ? .sent : .waiting
        next.attempts += costs ? 1 : 0
        return next
    }

    /// As `refused`, for good.
    package func givenUp(_ reason: String) -> SinkStanding {
        var next = self
        (next.state, next.error) = (.dead, reason)
        next.attempts += 1
        return next
    }

    /// A person wants it tried anew. It is not forgotten that it may be there.
    package func retried() -> SinkStanding {
        var next = self
        next.state = sentMilliseconds > 0 ? .sent : .waiting
        (next.attempts, next.dueMilliseconds) = (0, 0)
        return next
    }
}
