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
