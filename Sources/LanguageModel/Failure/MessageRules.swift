internal import Domain

/// What the words of a message say. The first rule that matches wins, so that the order of the tables is part of them.
enum MessageRules {
    struct Rule: Sendable {
        let reason: FailureReason
        let phrases: [Phrase]

        init(_ reason: FailureReason, _ phrases: [String]) {
            self.reason = reason
            self.phrases = phrases.map { Phrase($0) }
        }
    }

    /// - Parameters:
    ///   - messages: in the spelling of `Phrase.normal`.
    ///   - admits: whether a reason can be, given what codes and status say.
    static func reason(_ messages: [[UInt8]], where admits: (FailureReason) -> Bool) -> FailureReason? {
        for rule in rules where admits(rule.reason) {
            if messages.contains(where: { text in rule.phrases.contains { $0.matches(text) } }) { return rule.reason }
        }
        return nil
    }

    private static let rules =
        exceptions + AccountPhrases.rules + RequestPhrases.rules + CapacityPhrases.rules + ConnectionPhrases.rules
        + CapacityPhrases.general + ConnectionPhrases.general

    /// Messages whose words would mislead the rules behind.
    private static let exceptions = [
        // A client that read a page as JSON.
        Rule(.foreignPage, ["unexpected token '<'", "unexpected token <", "invalid character '<' looking for"]),
        // Claude Code about the provider's own limit: "(not your usage limit)".
        Rule(.plain(.rateLimit), ["not your usage limit"]),
        // The output asked for, not the prompt; "context_window" and "tokens" stand in these too.
        Rule(.plain(.contextLength), ["maximum context length is", "exceed context limit"]),
        Rule(
            .plain(.invalidRequest),
            [
                "max_tokens must be", "max_tokens: *>", "maximum tokens you requested exceed", "output token maximum",
                "maximum allowed number of output tokens", "max_tokens or model output limit",
                "max_tokens is too large",
                "max_completion_tokens is too large", "max_output_tokens", "supports at most*completion tokens",
                "max_tokens*must be greater", "max_tokens*must be at least", "not supported with this model",
                "unsupported parameter", "unsupported value", "'max_tokens' or 'max_completion_tokens'",
                "max_tokens' must be", "max_tokens*should be", "budget_tokens", "unrecognized request argument",
                "tool use concurrency",
            ]),
    ]
}

extension MessageRules {
    /// Some names are given by a client to more than one thing.
    static func refine(_ reason: FailureReason, _ messages: [[UInt8]]) -> FailureReason {
        guard reason == .plain(.network) else { return reason }
        // Axios: ECONNABORTED "timeout of 10000ms exceeded"; LiteLLM and OpenAI: APIConnectionError for every cause.
        return self.reason(messages) { $0 == .plain(.timeout) || $0 == .untrustedCertificate } ?? reason
    }
}
