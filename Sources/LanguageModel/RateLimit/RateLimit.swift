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
