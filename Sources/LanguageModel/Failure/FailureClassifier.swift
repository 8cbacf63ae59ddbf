package import Domain

/// Tells what kind of failure a call of a language model ended in, from status, headers and text alone.
///
/// Evidence is asked in the order of its worth: codes that leave no doubt, then messages as far as general codes and
/// telling statuses admit them, then those codes and statuses themselves. A status alone says little: 400 comes with
/// eight categories and 429 with four. The word "retry" in a message says nothing.
package enum FailureClassifier {
    package static func classify(_ evidence: FailureEvidence) -> FailureClass {
        let body = BoundedBody.bytes(evidence.body)
        let (reason, report) = judge(evidence, body)
        let asked = RetryAfter.seconds(evidence, report, for: reason.category)
        let final = Allowance.refined(reason, evidence, report, retryAfter: asked)
        return FailureClass(
            category: final.category, isRetryable: final.isRetryable, countsAgainstCircuit: final.countsAgainstCircuit,
            retryAfterSeconds: asked)
    }

    private static func judge(_ evidence: FailureEvidence, _ body: [UInt8]) -> (FailureReason, FailureReport) {
        if let page = ErrorPage(body) { return (page.reason(status: evidence.httpStatus), FailureReport()) }
        let report = ReportReader.read(body)
        return (reason(report, status: evidence.httpStatus), report)
    }

    private static func reason(_ report: FailureReport, status replied: Int?) -> FailureReason {
        // A stream, or a proxy, fails with a good status: then the text's own counts.
        let replied = replied.flatMap { 200..<300 ~= $0 ? nil : $0 }
        let status = report.statuses.first { $0.status >= 400 }?.status ?? replied ?? report.statusInText
        let hasReply = status.map { $0 >= 400 } ?? false
        let codes = report.codes.map(\.name) + report.namedInText

        let specific = codes.compactMap { SpecificCodes.reason($0) }.filter { !(hasReply && $0.isOfTheConnection) }
        // Google lists all quotas that are exceeded: the longest decides.
        if specific.contains(.plain(.quota)) { return .plain(.quota) }
        let general = codes.lazy.compactMap { GeneralCodes.rule($0) }.first
        let messages = report.messages.map { Phrase.normal($0.text) }
        if let first = specific.first {
            return MessageRules.refine(first, messages)
        }

        let admitted = general.map(\.admitted) ?? status.flatMap { StatusRules.admitted($0) }
        let said = MessageRules.reason(messages) { reason in
            !(hasReply && reason.isOfTheConnection) && admitted?.contains(reason.category) ?? true
        }
        if let said { return said }
        if let general, !(hasReply && general.reason.isOfTheConnection) { return general.reason }
        if let status, StatusRules.isTelling(status) { return StatusRules.reason(status) }
        // Proxies call every error an `api_error`, whoever is at fault.
        let isOurs = status.map { 400..<500 ~= $0 } ?? false
        if let weak = codes.lazy.compactMap({ GeneralCodes.weak[$0] }).first, !(isOurs && weak == .plain(.serverError))
        {
            return weak
        }
        if let status { return StatusRules.reason(status) }
        return report.endings.lazy.compactMap { Endings.reason($0) }.first ?? .plain(.unknown)
    }
}

/// Why a call failed, as fine as the rules tell it: a category, and within some of them what differs from its rule.
enum FailureReason: Sendable, Equatable {
    case plain(FailureCategory)
    /// The certificate of the other side is not trusted here: a matter of configuration, not of the provider's health.
    case untrustedCertificate
    /// A web page in place of an answer: the sign-in page of a network, say. Says nothing about the provider.
    case foreignPage
    /// The server is up and still loads its model.
    case starting
    /// The model does not fit into the server's memory: HTTP 500 for some servers, but no retry helps.
    case lacksMemory

    var category: FailureCategory {
        switch self {
        case .plain(let category): category
        case .untrustedCertificate, .foreignPage: .network
        case .starting: .overloaded
        case .lacksMemory: .serverError
        }
    }

    var isRetryable: Bool {
        switch self {
        case .plain(let category): category.isRetryable
        case .foreignPage, .starting: true
        case .untrustedCertificate, .lacksMemory: false
        }
    }

    var countsAgainstCircuit: Bool {
        switch self {
        case .plain(let category): category.countsAgainstCircuit
        case .untrustedCertificate, .foreignPage, .starting, .lacksMemory: false
        }
    }

    /// Whether it was seen on the way to an HTTP reply, so that a reply rules it out.
    var isOfTheConnection: Bool {
        self == .plain(.network) || self == .untrustedCertificate || self == .foreignPage
    }
}

extension FailureCategory {
    fileprivate var isRetryable: Bool {
        switch self {
        case .rateLimit, .overloaded, .serverError, .timeout, .network, .unknown: true
        case .auth, .permission, .quota, .contextLength, .requestTooLarge, .contentFilter, .modelNotFound,
            .invalidRequest, .aborted:
            false
        }
    }

    fileprivate var countsAgainstCircuit: Bool {
        switch self {
        case .overloaded, .serverError, .timeout, .network: true
        default: false
        }
    }
}

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
