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

/// Finds an HTTP status in running text: `API Error: 529 …`, `Error code: 429 - `, `got status: 503`, `502 Bad Gateway`.
enum StatusInText {
    private static let words: Set = [
        "error", "code", "status", "http", "statuscode", "repeated", "response", "returned",
    ]
    /// What follows a status that no such word precedes.
    private static let phrases = [
        "bad request", "unauthorized", "payment required", "forbidden", "not found", "request timeout", "conflict",
        "payload too large", "request entity", "unprocessable", "too many", "client error", "server error", "internal",
        "bad gateway", "service unavailable", "service temporarily", "gateway time", "overloaded", "web server",
    ]

    static func find(_ text: [UInt8]) -> Int? {
        let text = text.prefix(600).map(\.lowered)
        var index = 0
        while index + 3 <= text.count {
            guard text[index].isDigit else {
                index += 1
                continue
            }
            let end = text[index...].firstIndex { !$0.isDigit } ?? text.count
            if end - index == 3, let status = Int(String(bytes: text[index..<end])), 400..<600 ~= status,
                isStatus(text, index, end)
            {
                return status
            }
            index = end
        }
        return nil
    }

    private static func isStatus(_ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        if end < text.count, text[end].isAlphanumeric || text[end] == .underscore { return false }
        if end + 1 < text.count, text[end] == .dot || text[end] == .comma, text[end + 1].isDigit { return false }
        let rest = text[end...].drop { !$0.isAlphanumeric }
        if phrases.contains(where: { rest.starts(with: $0.utf8) }) { return true }
        guard start > 0 else { return true }
        guard !(text[start - 1].isAlphanumeric || text[start - 1] == .dot || text[start - 1] == UInt8(ascii: "$"))
        else {
            return false
        }
        // `Request rejected (429)`
        if text[start - 1] == UInt8(ascii: "("), end < text.count, text[end] == UInt8(ascii: ")") { return true }
        let before = text[..<start]
        guard let last = before.lastIndex(where: \.isLetter) else { return true }
        // `HTTP/1.1 503`
        guard start - last <= 8 else { return false }
        let first = (before[...last].lastIndex { !$0.isLetter && $0 != .underscore } ?? -1) + 1
        return words.contains(String(bytes: before[first...last]))
    }
}
