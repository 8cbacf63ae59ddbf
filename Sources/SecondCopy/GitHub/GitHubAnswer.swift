internal import Domain
internal import Redaction

/// What an answer of GitHub says.
extension HTTPAnswer {
    /// - Returns: nil for one that is as it should be.
    func gitHubError(at nowMilliseconds: Int64, token: String? = nil) -> CopyError? {
        let said = message(token)
        switch status {
        case 200..<300: return nil
        case 301, 302, 307, 308: return .unavailable(reason: "the repository has moved; set its new address")
        case 401: return .refused(reason: "GitHub does not take the token (\(said))")
        case 403 where isOfRateLimit, 429: return .limited(untilMilliseconds: limitedUntil(nowMilliseconds))
        case 403: return .refused(reason: "GitHub forbids it (\(said))")
        case 404: return .refused(reason: "GitHub has no such repository, or the token may not see it")
        case 500...: return .unreachable(reason: "GitHub is out of order (\(status))")
        default: return .unavailable(reason: "GitHub answers \(status) (\(said))")
        }
    }

    private var json: JSONValue? { try? JSONValue(parsing: String(decoding: body.prefix(1 << 20), as: UTF8.self)) }

    fileprivate func json(_ name: String) -> JSONValue? { json?[name] }

    /// Text of others on one line.
    private func message(_ token: String?) -> String {
        var text = json?["message"]?.string ?? ""
        if let token, !token.isEmpty { text = text.split(separator: token).joined(separator: "[token]") }
        text = PlainText.line(Redactor().redact(String(text.prefix(1000))), limit: 200)
        return text.isEmpty ? "\(status)" : text
    }

    /// Both of GitHub's limits answer 403: the one of the hour says what is left, the other asks to wait.
    private var isOfRateLimit: Bool {
        headers["x-ratelimit-remaining"] == "0" || headers["retry-after"] != nil
            || json?["message"]?.string?.lowercased().contains("rate limit") == true
    }

    private func limitedUntil(_ nowMilliseconds: Int64) -> Int64 {
        if let seconds = headers["retry-after"].flatMap({ Int64($0) }), (0...86_400).contains(seconds) {
            return nowMilliseconds + seconds * 1000
        }
        if headers["x-ratelimit-remaining"] == "0", let reset = GitHubAPI.RateLimit(headers: headers) {
            return reset.resetMilliseconds
        }
        // As GitHub asks where it says nothing else.
        return nowMilliseconds + 60_000
    }
}

extension GitHubAPI.Look {
    init?(_ answer: HTTPAnswer) {
        guard let kilobytes = answer.json("size")?.count, kilobytes < 1 << 40,
            let isPrivate = answer.json("private")?.bool
        else { return nil }
        self.init(
            bytes: kilobytes * 1024, canPush: answer.json("permissions")?["push"]?.bool, isPrivate: isPrivate,
            limit: GitHubAPI.RateLimit(headers: answer.headers))
    }
}

extension GitHubAPI.RateLimit {
    /// Those that come with every answer.
    init?(headers: [String: String]) {
        guard let limit = headers["x-ratelimit-limit"].flatMap({ Int64($0) }),
            let remaining = headers["x-ratelimit-remaining"].flatMap({ Int64($0) }),
            let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) })
        else { return nil }
        self.init(limit, remaining, reset)
    }

    init?(body answer: HTTPAnswer) {
        guard let core = answer.json("resources")?["core"], let limit = core["limit"]?.count,
            let remaining = core["remaining"]?.count, let reset = core["reset"]?.count
        else { return nil }
        self.init(limit, remaining, reset)
    }

    private init?(_ limit: Int64, _ remaining: Int64, _ resetSeconds: Int64) {
        guard limit >= 0, remaining >= 0, (0..<1 << 40).contains(resetSeconds) else { return nil }
        self.init(limit: limit, remaining: remaining, resetMilliseconds: resetSeconds * 1000)
    }
}
