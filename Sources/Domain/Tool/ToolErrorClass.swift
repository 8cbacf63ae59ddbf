/// Why a tool's call failed, as far as its words say.
package enum ToolErrorClass: String, Sendable, CaseIterable, Codable {
    case timeout, network
    case rateLimit = "rate_limit"
    case auth, permission
    case notFound = "not_found"
    case invalidInput = "invalid_input"
    case serverError = "server_error"
    /// The MCP server is not connected, or has ended.
    case serverGone = "server_gone"
    /// A command ended with a status that is not 0.
    case exit
    /// A person refused it, or stopped it.
    case refused, interrupted
    case unknown

    /// Whether it says something of the tool, and not of what it was asked or of a person.
    package var countsAgainstTool: Bool {
        switch self {
        case .timeout, .network, .rateLimit, .auth, .serverError, .serverGone, .unknown: true
        case .permission, .notFound, .invalidInput, .exit, .refused, .interrupted: false
        }
    }

    /// Whether trying again may help.
    package var isPassing: Bool {
        switch self {
        case .timeout, .network, .rateLimit, .serverError, .unknown: true
        default: false
        }
    }

    /// For people and models: "did not answer in time".
    package var clause: String {
        switch self {
        case .timeout: "did not answer in time"
        case .network: "cannot be reached"
        case .rateLimit: "refuses calls for their rate"
        case .auth: "refuses its credentials"
        case .permission: "is not permitted"
        case .notFound: "does not find what it was asked for"
        case .invalidInput: "does not take what it was given"
        case .serverError: "fails by itself"
        case .serverGone: "is not connected"
        case .exit: "ends with an error"
        case .refused: "was refused"
        case .interrupted: "was stopped"
        case .unknown: "fails"
        }
    }

    /// Of a call of ours.
    package init(_ category: FailureCategory) {
        self =
            switch category {
            case .auth: .auth
            case .permission: .permission
            case .quota, .rateLimit: .rateLimit
            case .overloaded, .serverError: .serverError
            case .timeout: .timeout
            case .network: .network
            case .modelNotFound: .notFound
            case .contextLength, .requestTooLarge, .contentFilter, .invalidRequest: .invalidInput
            case .aborted: .interrupted
            case .unknown: .unknown
            }
    }

    /// By the words of an error; the first that fits. What begins with `Exit code`, as Claude Code says it, is a command's own
    /// doing, whatever it printed.
    package init(of text: String) {
        let words = Array(text.lowercased().utf8)
        guard !words.starts(with: "exit code ".utf8) else {
            self = .exit
            return
        }
        let found = Self.marks.first { mark in mark.words.contains { Self.say(words, $0) } }
        self = found?.kind ?? Self.byStatus(words) ?? .unknown
    }

    private static func say(_ words: [UInt8], _ mark: String) -> Bool { words[...].position(behind: mark) != nil }

    private static let marks: [(kind: ToolErrorClass, words: [String])] = [
        (
            .refused,
            [
                "the user doesn't want to", "user rejected", "permission to use", "requires approval",
                "requested permissions",
            ]
        ),
        (
            .interrupted,
            ["interrupted by user", "request interrupted", "aborted by the user", "sibling tool call errored"]
        ),
        (
            .serverGone,
            [
                "is not connected", "connection closed", "server disconnected", "mcp server process exited",
                "broken pipe", "not connected",
            ]
        ),
        (.rateLimit, ["rate limit", "rate_limit", "too many requests"]),
        (.timeout, ["timed out", "timeout", "deadline exceeded", "etimedout"]),
        (.auth, ["unauthorized", "unauthenticated", "invalid api key", "authentication"]),
        (.permission, ["forbidden", "permission denied", "eacces"]),
        (
            .network,
            [
                "econnrefused", "connection refused", "econnreset", "connection reset", "enotfound", "getaddrinfo",
                "network is unreachable", "fetch failed", "could not resolve host",
            ]
        ),
        (.serverError, ["internal server error", "bad gateway", "service unavailable", "overloaded"]),
        (.exit, ["command failed", "exited with", "exit code"]),
        (
            .notFound,
            ["not found", "no such file", "does not exist", "enoent", "unknown skill", "no task found"]
        ),
        (
            .invalidInput,
            [
                "invalid", "required parameter", "inputvalidationerror", "validation", "unexpected argument",
                "has not been read yet", "no changes to make", "exceeds maximum allowed",
            ]
        ),
    ]

    /// By a status of HTTP that is named as one: a number alone may be a line's, or a port's.
    private static func byStatus(_ words: [UInt8]) -> ToolErrorClass? {
        var index = 0
        while index + 3 <= words.count {
            let end = index + 3
            let digits = words[index..<end]
            guard digits.allSatisfy(isDigit), index == 0 || !isLetterOrDigit(words[index - 1]),
                end == words.count || !isLetterOrDigit(words[end])
            else {
                index += 1
                continue
            }
            let before = words[max(0, index - 20)..<index]
            let isNamed = ["status", "code", "http", "error"].contains { before.position(behind: $0) != nil }
            if index == 0 || isNamed, let kind = of(status: digits.reduce(0) { $0 * 10 + Int($1) - 48 }) { return kind }
            index = end
        }
        return nil
    }

    private static func of(status: Int) -> ToolErrorClass? {
        switch status {
        case 401: .auth
        case 403: .permission
        case 404, 410: .notFound
        case 400, 405, 422: .invalidInput
        case 408, 504: .timeout
        case 429: .rateLimit
        case 500...599: .serverError
        default: nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (97...122).contains(byte) }
}
