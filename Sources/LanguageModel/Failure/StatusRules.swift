internal import Domain

/// What an HTTP status says, where nothing better is known.
enum StatusRules {
    /// Statuses that name a reason rather than only a side at fault.
    ///
    /// 52x: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
    /// 498, 499: https://console.groq.com/docs/errors (498 there is "flex tier capacity exceeded"); 499 is nginx's for a
    /// client that went away. 424: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
    private static let telling: [Int: FailureReason] = [
        401: .plain(.auth), 402: .plain(.quota), 403: .plain(.permission), 407: .plain(.auth), 408: .plain(.timeout),
        410: .plain(.modelNotFound), 413: .plain(.requestTooLarge), 414: .plain(.requestTooLarge),
        424: .plain(.serverError), 425: .plain(.serverError), 429: .plain(.rateLimit), 431: .plain(.requestTooLarge),
        440: .plain(.auth), 444: .plain(.network), 451: .plain(.permission), 498: .plain(.overloaded),
        499: .plain(.aborted), 503: .plain(.overloaded), 504: .plain(.timeout), 507: .lacksMemory,
        509: .plain(.quota), 511: .foreignPage, 522: .plain(.timeout), 524: .plain(.timeout),
        525: .plain(.network), 526: .plain(.network), 529: .plain(.overloaded), 598: .plain(.timeout),
        599: .plain(.timeout),
    ]

    static func reason(_ status: Int) -> FailureReason {
        if let telling = telling[status] { return telling }
        switch status {
        // A redirect nobody followed: a wrong address.
        case 300..<500: return .plain(.invalidRequest)
        case 501, 505: return .plain(.invalidRequest)
        case 500..<600: return .plain(.serverError)
        default: return .plain(.unknown)
        }
    }

    static func isTelling(_ status: Int) -> Bool { telling[status] != nil }

    /// Which categories a message may give a failure of this status; nil: any.
    ///
    /// Keeps words that only happen to stand in a message, such as a quoted prompt, from overruling a clear status.
    static func admitted(_ status: Int) -> Set<FailureCategory>? {
        switch status {
        case 401, 407: [.auth, .quota, .permission, .modelNotFound]
        case 402: [.quota]
        case 413: [.requestTooLarge, .contextLength, .rateLimit]
        case 429: GeneralCodes.ofRates
        case 499: [.aborted]
        case 503: Set(FailureCategory.allCases).subtracting([.serverError, .invalidRequest, .network])
        case 504, 522, 524: [.timeout]
        case 529: [.overloaded]
        default: nil
        }
    }
}
