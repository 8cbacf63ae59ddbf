/// A verdict over one failed call.
package struct FailureClass: Sendable, Equatable {
    package var category: FailureCategory
    /// Whether the same request may succeed later without anybody acting.
    package var isRetryable: Bool
    package var countsAgainstCircuit: Bool
    /// What the provider asked for, in seconds; nil where it said nothing.
    package var retryAfterSeconds: Double?

    /// It would be the same with any episode: an address or a parameter is wrong.
    package var isOfConfiguration = false

    /// Several episodes in a row met the same (`FailureStreak`): the circuit opens at once, whatever the class.
    package var isShared = false

    /// On whose account the call failed: with a wrong address no episode is to blame.
    package var cause: FailureCause { isOfConfiguration || isShared ? .provider : category.cause }

    package init(
        category: FailureCategory, isRetryable: Bool, countsAgainstCircuit: Bool, retryAfterSeconds: Double? = nil
    ) {
        self.category = category
        self.isRetryable = isRetryable
        self.countsAgainstCircuit = countsAgainstCircuit
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// What kind of failure a call of a language model ended in. What is retried, and what counts against the circuit, is
/// decided in `FailureReason`; the raw values are what Redis, command line and metrics show.
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

/// On whose account a call failed.
package enum FailureCause: String, Sendable, Codable {
    /// The provider would have failed any episode: it comes back when the provider does.
    case provider
    /// The provider refuses this one, today and tomorrow.
    case episode
    /// We gave up ourselves.
    case caller
}

extension FailureCategory {
    package var cause: FailureCause {
        switch self {
        case .contextLength, .requestTooLarge, .contentFilter, .invalidRequest: .episode
        case .aborted: .caller
        case .auth, .permission, .quota, .rateLimit, .overloaded, .serverError, .timeout, .network, .modelNotFound,
            .unknown:
            .provider
        }
    }

    /// Whether nothing is to be asked of the provider until its configuration changes or the time it named has come.
    package var stopsProvider: Bool {
        switch self {
        case .auth, .permission, .quota, .modelNotFound: true
        default: false
        }
    }
}

/// All that is known of one failed call: what the classifier reads.
package struct FailureEvidence: Sendable, Equatable {
    /// nil: there was no HTTP reply, or only text is left of it.
    package var httpStatus: Int?
    /// Names in lower case.
    package var headers: [String: String]
    package var body: String
    /// When the reply came, ms since 1970: what reset times are compared with where the reply has no `date`.
    package var nowMilliseconds: Int64

    package init(httpStatus: Int?, headers: [String: String] = [:], body: String, nowMilliseconds: Int64) {
        self.httpStatus = httpStatus
        self.headers = headers
        self.body = body
        self.nowMilliseconds = nowMilliseconds
    }
}
