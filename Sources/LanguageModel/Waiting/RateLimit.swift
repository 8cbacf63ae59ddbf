/// How much of its tightest limit a provider still grants.
package struct RateLimit: Sendable, Equatable {
    /// 0...1.
    package var remainingShare: Double
    package var resetsAfterSeconds: Double?

    /// Reads the headers of a reply: Anthropic's, those of OpenAI and its kin, and the plain ones of gateways.
    ///
    /// - Parameter headers: names in lower case.
    /// - Returns: nil where the provider tells none.
    package init?(headers: [String: String], nowMilliseconds: Int64) {
        let anthropic = ["requests", "tokens", "input-tokens", "output-tokens"].map { kind in
            ["limit", "remaining", "reset"].map { "anthropic-ratelimit-\(kind)-\($0)" }
        }
        let openai = ["requests", "tokens"].map { kind in
            ["limit", "remaining", "reset"].map { "x-ratelimit-\($0)-\(kind)" }
        }
        let plain = [["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]]
        let all = (anthropic + openai + plain).compactMap { names -> RateLimit? in
            guard let limit = headers[names[0]].flatMap(Self.number), limit > 0,
                let remaining = headers[names[1]].flatMap(Self.number)
            else { return nil }
            return RateLimit(
                remainingShare: min(max(remaining / limit, 0), 1),
                resetsAfterSeconds: headers[names[2]].flatMap {
                    ResetTime.seconds($0, nowMilliseconds: nowMilliseconds)
                })
        }
        guard let tightest = all.min(by: { $0.remainingShare < $1.remainingShare }) else { return nil }
        self = tightest
    }

    package init(remainingShare: Double, resetsAfterSeconds: Double? = nil) {
        self.remainingShare = remainingShare
        self.resetsAfterSeconds = resetsAfterSeconds
    }

    private static func number(_ text: String) -> Double? {
        Double(text.filter { !$0.isWhitespace }).flatMap { $0.isFinite ? $0 : nil }
    }
}

/// When a limit is full again, in the four ways providers say it.
enum ResetTime {
    /// - Returns: seconds from now, never negative; nil for what is none of them.
    static func seconds(_ text: String, nowMilliseconds: Int64) -> Double? {
        let now = Double(nowMilliseconds) / 1000
        let text = text.filter { !$0.isWhitespace }
        let seconds: Double
        if let number = Double(text), number.isFinite {
            // Epoch milliseconds, epoch seconds, or a number of seconds.
            seconds = number > 1e11 ? number / 1000 - now : number > 1e8 ? number - now : number
        } else if let instant = WireTime.seconds(text) {
            seconds = instant - now
        } else if let duration = Durations.seconds(text.utf8) {
            seconds = duration
        } else {
            return nil
        }
        return max(seconds, 0)
    }
}
