internal import Domain
internal import FoundationEssentials
internal import LanguageModel
internal import Platform

/// What kind of failure an error of a language model is, and what follows from it.
package struct ErrorClassification: Encodable, Sendable {
    /// An error as somebody has kept it.
    private struct Question: Decodable {
        let id: String?
        let http_status: Int?
        let headers: [String: String]?
        let body: String?
    }

    package let id: String
    package let category: String
    package let retryable: Bool
    package let counts_against_circuit: Bool
    @OrNull package var retry_after_seconds: Double?

    /// - Parameters:
    ///   - line: a JSON object with `id`, `http_status`, `headers` and `body`, each of which may be missing.
    ///   - number: of the line; names what has no id.
    /// - Returns: nil for what is no such object.
    package init?(ofLine line: some Sequence<UInt8>, number: Int) {
        guard let question = try? JSONDecoder().decode(Question.self, from: Data(line)) else { return nil }
        var headers: [String: String] = [:]
        for (name, value) in question.headers ?? [:] { headers[name.lowercased()] = value }
        let verdict = FailureClassifier.classify(
            FailureEvidence(
                httpStatus: question.http_status, headers: headers, body: question.body ?? "",
                nowMilliseconds: HostClock.wallMilliseconds))
        id = question.id ?? "\(number)"
        category = verdict.category.rawValue
        retryable = verdict.isRetryable
        counts_against_circuit = verdict.countsAgainstCircuit
        retry_after_seconds = verdict.retryAfterSeconds
    }
}
