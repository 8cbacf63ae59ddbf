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

/// Words that tell a reason: pieces of lower-case text that follow each other closely, written `model*does not exist`.
/// A leading `^` ties the first piece to the beginning of the message.
struct Phrase: Sendable {
    private let pieces: [[UInt8]]
    private let isAtStart: Bool

    /// As much as a long name in backticks takes.
    private static let widestGap = 140

    init(_ pattern: String) {
        isAtStart = pattern.utf8.first == UInt8(ascii: "^")
        pieces = pattern.utf8.drop { $0 == UInt8(ascii: "^") }.split(separator: UInt8(ascii: "*")).map { Array($0) }
    }

    func matches(_ text: [UInt8]) -> Bool {
        guard let first = pieces.first else { return false }
        if isAtStart { return text.starts(with: first) && follow(text, from: first.count) }
        var start = 0
        while let found = text.firstIndex(of: first, from: start, before: text.count) {
            if follow(text, from: found + first.count) { return true }
            start = found + 1
        }
        return false
    }

    private func follow(_ text: [UInt8], from start: Int) -> Bool {
        var start = start
        for piece in pieces.dropFirst() {
            guard let found = text.firstIndex(of: piece, from: start, before: start + Self.widestGap + piece.count)
            else { return false }
            start = found + piece.count
        }
        return true
    }

    /// Text as phrases are written: in lower case, with single blanks and plain quotes. Cut to 4 KB from its beginning
    /// and 1 KB from its end, since messages are short and what is longer quotes something.
    static func normal(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8.prefix(4096))
        if text.utf8.count > 4096 { bytes += Array(text.utf8.dropFirst(4096).suffix(1024)) }
        var normal: [UInt8] = []
        normal.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80, 0x98...0x9D ~= bytes[index + 2] {
                // Curly quotes: AWS writes "isn’t".
                normal.append(.apostrophe)
                index += 3
                continue
            }
            if byte.isSpace {
                if normal.last != .blank { normal.append(.blank) }
            } else {
                normal.append(byte == UInt8(ascii: "`") || byte == .quote ? .apostrophe : byte.lowered)
            }
            index += 1
        }
        return normal
    }
}
