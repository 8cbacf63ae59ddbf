internal import Domain

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
