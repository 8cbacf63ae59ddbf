internal import Domain

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
