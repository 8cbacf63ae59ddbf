internal import Domain

/// What a provider asks to wait, in any of its notations.
///
/// A header is worth more than a body: it is made for this. A clock time without a date ("resets 9:50pm
/// (Asia/Saigon)") gives nothing: whether it means today, tomorrow or the end of a week is not in it.
enum RetryAfter {
    private static let longest = 31.0 * 86_400

    static func seconds(
        _ evidence: FailureEvidence, _ report: FailureReport, for category: FailureCategory
    ) -> Double? {
        let asked: Double?
        switch category {
        case .rateLimit, .quota:
            asked =
                RetryHeaders.direct(evidence) ?? RetryHeaders.limits(evidence) ?? RetryText.seconds(report, evidence)
        case .overloaded, .serverError, .timeout, .network, .unknown:
            asked = RetryHeaders.direct(evidence) ?? RetryText.seconds(report, evidence)
        case .auth, .permission, .contextLength, .requestTooLarge, .contentFilter, .modelNotFound, .invalidRequest,
            .aborted:
            asked = nil
        }
        guard let asked, asked.isFinite else { return nil }
        return min(max(0, asked), longest)
    }

    /// Seconds until a time the provider names, by its own clock where the reply shows it.
    static func until(_ time: Double, _ evidence: FailureEvidence) -> Double? {
        let date = evidence.headers["date"].flatMap { WireTime.seconds($0) }
        guard let now = date ?? (evidence.nowMilliseconds > 0 ? Double(evidence.nowMilliseconds) / 1000 : nil) else {
            return nil
        }
        // Long over: an old text, that asks for nothing any more.
        guard time - now > -86_400 else { return nil }
        return max(0, time - now)
    }

    /// A number that is a time since 1970, in seconds or milliseconds, or a number of seconds.
    static func until(number: Double, _ evidence: FailureEvidence) -> Double? {
        if number >= 1e11 { return until(number / 1000, evidence) }
        if number >= 1e9 { return until(number, evidence) }
        return number
    }
}

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

/// Waiting times in bodies: in fields first, then in sentences.
enum RetryText {
    static func seconds(_ report: FailureReport, _ evidence: FailureEvidence) -> Double? {
        report.waits.lazy.compactMap { field($0.name, $0.value, evidence) }.first
            ?? report.messages.lazy.compactMap { sentence(Phrase.normal($0.text), evidence) }.first
    }

    private static func field(_ name: String, _ value: String, _ evidence: FailureEvidence) -> Double? {
        if let time = WireTime.seconds(value) { return RetryAfter.until(time, evidence) }
        let wait = Durations.seconds(value.utf8, bareUnit: name.hasSuffix("ms") ? 0.001 : 1)
        return wait.flatMap { RetryAfter.until(number: $0, evidence) }
    }

    /// What stands before a length of time that is a waiting time.
    private static let leads = [
        "try again in ", "retry in ", "again after ", "retry after ", "wait for ", "wait ", "available in ",
        "reset after ", "resets in ", "reset in ", "retry your request after ", "back in ", "reset in: ",
        "retrydelay: ", "retrydelay':'", "request again in ", "again within ",
    ]
    /// What stands before a bare number of seconds.
    private static let bareLeads = [
        "retry after ", "retry-after: ", "retry_after: ", "retry_after=", "retry_after':", "retry_after': ",
        "retry-after=", "retryafter: ", "retry-after ",
    ]
    private static let hedges = ["about ", "approximately ", "another ", "at least ", "~", "up to ", "around "]

    private static func sentence(_ text: [UInt8], _ evidence: FailureEvidence) -> Double? {
        for lead in leads { if let wait = length(text, behind: lead, bareUnit: nil) { return wait } }
        for lead in bareLeads { if let wait = length(text, behind: lead, bareUnit: 1) { return wait } }
        return epoch(text, evidence)
    }

    private static func length(_ text: [UInt8], behind lead: String, bareUnit: Double?) -> Double? {
        var start = 0
        let lead = Array(lead.utf8)
        while let found = text.firstIndex(of: lead, from: start, before: text.count) {
            start = found + lead.count
            var rest = text[start...].prefix(96)
            for hedge in hedges where rest.starts(with: hedge.utf8) { rest = rest.dropFirst(hedge.utf8.count) }
            if let wait = Durations.seconds(rest, bareUnit: bareUnit) { return wait }
        }
        return nil
    }

    /// Claude Code's `usage limit reached|1751234567`.
    private static func epoch(_ text: [UInt8], _ evidence: FailureEvidence) -> Double? {
        let lead = Array("limit reached|".utf8)
        guard let found = text.firstIndex(of: lead, from: 0, before: text.count),
            let (number, _) = Durations.number(text[(found + lead.count)...]), number >= 1e9
        else { return nil }
        return RetryAfter.until(number: number, evidence)
    }
}
