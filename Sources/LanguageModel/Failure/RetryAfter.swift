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
