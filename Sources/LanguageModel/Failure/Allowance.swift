internal import Domain

/// Tells a short window from a long allowance, where providers use one error for both.
enum Allowance {
    /// From here on a wait is an allowance that is used up: Azure's "retry after 86400 seconds", a subscription's hours.
    private static let longest = 3600.0
    /// Up to here it is a window, whatever the sentence: Gemini's limit per minute comes with the words of OpenAI's
    /// `insufficient_quota`, and differs by its `retryDelay`.
    private static let shortest = 300.0

    static func refined(
        _ reason: FailureReason, _ evidence: FailureEvidence, _ report: FailureReport, retryAfter: Double?
    ) -> FailureReason {
        switch reason {
        case .plain(.rateLimit):
            // The five hours or the week of a subscription; an API key's replies have no such header.
            if evidence.headers["anthropic-ratelimit-unified-status"] == "rejected" { return .plain(.quota) }
            if let retryAfter, retryAfter >= longest { return .plain(.quota) }
            return reason
        case .plain(.quota):
            let isGoogle = report.codes.contains { $0.name == "resourceexhausted" }
            let isPerDay = report.codes.contains { $0.name.contains("perday") }
            if let retryAfter, retryAfter <= shortest, isGoogle, !isPerDay { return .plain(.rateLimit) }
            return reason
        default: return reason
        }
    }
}
