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
