internal import Domain
internal import LanguageModel
internal import Redaction

/// Makes failures of what went wrong, with messages that hold no secret.
struct CallFailures: Sendable {
    /// Whom it was about: `anthropic at api.anthropic.com`.
    let whom: String
    private let secrets: [String]
    private let redactor: Redactor
    /// Bytes of a reply that are redacted as a whole. Of longer ones what is shown is.
    private static let longestBody = 1 << 20
    private let now: @Sendable () -> Int64

    /// - Parameter redactor: with a person's own patterns.
    init(whom: String, secrets: [String], redactor: Redactor, now: @Sendable @escaping () -> Int64) {
        self.whom = whom
        self.redactor = redactor
        // A word of three letters is no secret, and taking it out would garble the message. Longest first: one may
        // hold another.
        self.secrets = secrets.filter { $0.utf8.count > 3 }.sorted { $0.utf8.count > $1.utf8.count }
        self.now = now
    }

    var nowMilliseconds: Int64 { now() }

    /// A reply that is an error, whatever its status.
    ///
    /// - Parameter reason: what to tell people instead of the reply's own text.
    func refused(_ reply: HTTPReply, because reason: String? = nil) -> ModelFailure {
        let evidence = FailureEvidence(
            httpStatus: reply.status, headers: reply.headers, body: reply.body, nowMilliseconds: now())
        let text = reason ?? said(reply.body, status: reply.status)
        // Of a reply without a message the text is the status alone.
        let said = text.hasPrefix("HTTP ") ? text : "\(reply.status): \(text)"
        return failure(FailureClassifier.classify(evidence), "\(whom) answered \(said)", status: reply.status)
    }

    func unsent(_ error: TransportError) -> ModelFailure {
        switch error {
        case .cancelled: failure(.aborted, "the call of \(whom) was called off")
        case .timeout(let what): failure(.timeout, "\(whom): \(what)")
        case .tooLarge(let limit):
            failure(.unusableAnswer, "\(whom): the answer is larger than \(limit) bytes", status: 200)
        case .unreachable(let reason): textOnly(reason, "cannot reach \(whom): \(reason)")
        }
    }

    /// What a text of a provider says to people.
    func said(_ text: String, status: Int? = nil) -> String {
        // Before it is made one line and cut: half a secret would not be known, nor one that a blank parts.
        let body = text.utf8.count > Self.longestBody ? Redactor.withoutControls(text) : redactor.cleaned(text)
        return FailureText.line(FailureEvidence(httpStatus: status, body: body, nowMilliseconds: now()))
    }

    /// A failure of which there is only text.
    func textOnly(_ text: String, _ message: String, status: Int? = nil) -> ModelFailure {
        let evidence = FailureEvidence(httpStatus: status, body: text, nowMilliseconds: now())
        return failure(FailureClassifier.classify(evidence), message, status: status)
    }

    func failure(_ failureClass: FailureClass, _ text: String, status: Int? = nil) -> ModelFailure {
        ModelFailure(failureClass, message: line(text), httpStatus: status)
    }

    /// - Returns: one line of at most 300 bytes, without secrets.
    func line(_ text: String) -> String {
        // Redacting costs by length, and only the beginning is shown.
        let text = text.utf8.count > 8192 ? String(decoding: text.utf8.prefix(8192), as: UTF8.self) : text
        let bare = secrets.reduce(text) { $0.replacing($1, with: "[redacted:key]") }
        return FailureMessage.bounded(redactor.cleaned(bare))
    }
}

/// From what a reply says to an answer, or to why it is none.
enum AnswerReading {
    /// - Parameter headers: of the reply, names in lower case; they tell the rate limits.
    static func answer(
        _ content: WireReply, _ headers: [String: String], _ failures: CallFailures
    ) throws(ModelFailure) -> ModelAnswer {
        if content.ending == .filtered {
            throw failures.failure(.contentFilter, "\(failures.whom) refused to answer (content filter)", status: 200)
        }
        // An answer cut off in its middle often holds a memory all the same: its reader decides.
        guard !content.text.isEmpty else {
            throw failures.failure(
                .unusableAnswer, "\(failures.whom): the answer ended before its first word; raise max_output_tokens",
                status: 200)
        }
        let limit = RateLimit(headers: headers, nowMilliseconds: failures.nowMilliseconds)
        return ModelAnswer(
            text: content.text, inputTokens: content.inputTokens, outputTokens: content.outputTokens,
            remainingShare: limit?.remainingShare, resetsAfterSeconds: limit?.resetsAfterSeconds)
    }
}
