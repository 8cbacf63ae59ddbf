/// What kind of failure a call of a language model ended in. The table of the classes, with what is retried and what
/// counts against the circuit, stands in the design of failure classes; the raw values are what Redis, command line and
/// metrics show.
package enum FailureCategory: String, Sendable, CaseIterable, Codable {
    case auth, permission, quota
    case rateLimit = "rate_limit"
    case overloaded
    case serverError = "server_error"
    case timeout, network
    case contextLength = "context_length"
    case requestTooLarge = "request_too_large"
    case contentFilter = "content_filter"
    case modelNotFound = "model_not_found"
    case invalidRequest = "invalid_request"
    case aborted, unknown
}
