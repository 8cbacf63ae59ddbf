/// When a circuit opens, and for how long.
package struct CircuitPolicy: Sendable, Equatable {
    /// Failures in a row that open it.
    package var failureLimit: Int64 = 5
    /// Or this share of the calls of the window, if there were at least so many.
    package var failureRate = 0.5
    package var minimumCalls: Int64 = 20
    package var bucketMilliseconds: Int64 = 10_000
    package var bucketCount = 6
    /// The first opening; each that follows a failed probe lasts twice as long, up to the longest.
    package var openMilliseconds: Int64 = 30_000
    package var longestOpenMilliseconds: Int64 = 600_000
    package var jitter = 0.1
    /// How long a probe may take before another companion may make one.
    package var probeMilliseconds: Int64 = 120_000
    /// How long a provider stays stopped that named no time (authentication, permission, quota).
    package var stopMilliseconds: Int64 = 3_600_000
    /// How long a closed one lets a provider wait that asks for it.
    package var longestWaitMilliseconds: Int64 = 3_600_000

    /// So many calls in a row without an answer, of whatever class, make a provider one that does not work.
    package var unansweredLimit: Int64 = 3

    package init() {}

    /// Whether none of the last calls succeeded, nor ever one where there were fewer.
    /// - Parameter failed: calls since the last success.
    package func isUnanswered(failed: Int64, hasEverSucceeded: Bool) -> Bool {
        failed >= unansweredLimit || failed > 0 && !hasEverSucceeded
    }

    /// - Parameters:
    ///   - openings: how often it opened without closing in between, this one included.
    ///   - random: 0..<1.
    package func interval(openings: Int64, random: Double) -> Int64 {
        let doublings = min(max(openings - 1, 0), 20)
        let plain = min(longestOpenMilliseconds, openMilliseconds << doublings)
        return Int64(Double(plain) * (1 + jitter * (2 * random - 1)))
    }
}

/// Names a provider as one credential sees it: a bad key stops its owner only, and a changed one starts clean.
package struct ProviderID: Hashable, Sendable, CustomStringConvertible {
    /// As the configuration spells it.
    package let name: String
    /// 8 hex digits of SHA-256 over base URL and credential.
    package let fingerprint: String

    package init(name: String, fingerprint: String) {
        self.name = name
        self.fingerprint = fingerprint
    }

    /// - Parameter text: `anthropic:1a2b3c4d`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":")
        guard parts.count == 2 else { return nil }
        self.init(name: String(parts[0]), fingerprint: String(parts[1]))
    }

    package var description: String { "\(name):\(fingerprint)" }
}
