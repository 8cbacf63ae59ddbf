/// When a failed episode is tried again. By default 5 min, 15 min, 45 min, 2 h and 6 h after its failures, then it is
/// dead; each ±10 %, never before the time the provider named.
package struct RetryPolicy: Sendable, Equatable {
    /// What a failed model call means for the episode it was made for.
    package enum Verdict: Sendable, Equatable {
        /// One retry is spent; due after so many ms.
        case retry(afterMilliseconds: Int64)
        /// It will not get better, or has had its retries.
        case dead
        /// Nothing is spent: the provider is stopped, and no episode can help that. Due again with its recovery.
        case wait(afterMilliseconds: Int64)

        /// ms until it is due again; nil for never.
        package var pause: Int64? {
            switch self {
            case .retry(let milliseconds), .wait(let milliseconds): milliseconds
            case .dead: nil
            }
        }

        package var spendsRetry: Bool {
            if case .retry = self { true } else { false }
        }
    }

    package var delaysMilliseconds: [Int64] = [300_000, 900_000, 2_700_000, 7_200_000, 21_600_000]
    package var maximum: Int64 = 5
    package var jitter = 0.1

    package init() {}

    /// - Parameters:
    ///   - retryCount: failures before this one.
    ///   - random: 0..<1.
    package func verdict(for failure: FailureClass, retryCount: Int64, random: Double) -> Verdict {
        let named = Int64(min(max(failure.retryAfterSeconds ?? 0, 0), 2_678_400) * 1000)
        switch failure.category.cause {
        case _ where failure.isOfConfiguration, .provider where failure.category.stopsProvider:
            return .wait(afterMilliseconds: max(named, delay(after: 0, random: random)))
        case .episode: return .dead
        // Not by us, or it would have been given back: a gateway gave up.
        case .caller: return .wait(afterMilliseconds: delay(after: 0, random: random))
        case .provider:
            // What is not retryable for a reason outside the episode (a certificate that is not trusted) waits for a
            // person; the episode is not to blame.
            guard failure.isRetryable else { return .wait(afterMilliseconds: delay(after: 0, random: random)) }
            guard retryCount < maximum else { return .dead }
            return .retry(afterMilliseconds: max(named, delay(after: retryCount, random: random)))
        }
    }

    /// What becomes of an episode that is not to blame and pays nothing, however many retries it has had.
    package func waiting(for failure: FailureClass, random: Double) -> Verdict {
        .wait(afterMilliseconds: max(failure.retryAfterMilliseconds, delay(after: 0, random: random)))
    }

    private func delay(after retryCount: Int64, random: Double) -> Int64 {
        guard let last = delaysMilliseconds.last else { return 0 }
        let index = Int(min(max(retryCount, 0), Int64(delaysMilliseconds.count)))
        let delay = index < delaysMilliseconds.count ? delaysMilliseconds[index] : last
        return Int64(Double(delay) * (1 + jitter * (2 * random - 1)))
    }
}
