internal import Domain

/// The headers that say when to come back.
enum RetryHeaders {
    /// `retry-after-ms` and `retry-after` (RFC 9110, section 10.2.3: seconds or a date).
    static func direct(_ evidence: FailureEvidence) -> Double? {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            if let value = evidence.headers[name], let wait = Durations.seconds(value.trimmed.utf8, bareUnit: 0.001) {
                return wait
            }
        }
        guard let value = evidence.headers["retry-after"]?.trimmed else { return nil }
        // A date first: `2026-04-06T…` begins with a number too.
        if let time = WireTime.seconds(value) { return RetryAfter.until(time, evidence) ?? 0 }
        return Durations.seconds(value.utf8, bareUnit: 1).flatMap { RetryAfter.until(number: $0, evidence) }
    }

    /// The resets of limits: of several only those with nothing left, and of these the last.
    ///
    /// https://docs.anthropic.com/en/api/rate-limits#response-headers,
    /// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
    static func limits(_ evidence: FailureEvidence) -> Double? {
        let headers = evidence.headers
        if headers["anthropic-ratelimit-unified-status"] == "rejected",
            let reset = headers["anthropic-ratelimit-unified-reset"], let wait = reading(reset, evidence)
        {
            return wait
        }
        let waits = headers.compactMap { name, value -> Double? in
            guard let remaining = remainingName(name),
                isUsedUp(headers[remaining], mustBeKnown: name.hasSuffix("-reset")),
                !name.contains("unified")
            else { return nil }
            return reading(value, evidence)
        }
        if let last = waits.max() { return last }
        for (reset, remaining) in [
            ("x-ratelimit-reset", "x-ratelimit-remaining"), ("ratelimit-reset", "ratelimit-remaining"),
        ] {
            if let value = headers[reset], isUsedUp(headers[remaining], mustBeKnown: false) {
                return reading(value, evidence)
            }
        }
        return nil
    }

    /// `anthropic-ratelimit-input-tokens-reset` and `x-ratelimit-reset-tokens` name what is left likewise.
    private static func remainingName(_ reset: String) -> String? {
        if reset.hasPrefix("anthropic-ratelimit-"), reset.hasSuffix("-reset") {
            return reset.dropLast("reset".count) + "remaining"
        }
        let prefix = "x-ratelimit-reset-"
        return reset.hasPrefix(prefix) ? "x-ratelimit-remaining-" + reset.dropFirst(prefix.count) : nil
    }

    private static func isUsedUp(_ remaining: String?, mustBeKnown: Bool) -> Bool {
        guard let remaining else { return !mustBeKnown }
        return Durations.number(Array(remaining.trimmed.utf8)[...])?.0 == 0
    }

    private static func reading(_ value: String, _ evidence: FailureEvidence) -> Double? {
        let value = value.trimmed
        if let time = WireTime.seconds(value) { return RetryAfter.until(time, evidence) }
        return Durations.seconds(value.utf8, bareUnit: 1).flatMap { RetryAfter.until(number: $0, evidence) }
    }
}
