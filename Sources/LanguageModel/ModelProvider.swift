package import Domain

/// One question to a language model.
package struct ModelRequest: Sendable, Equatable {
    package var system: String
    package var prompt: String
    package var maxOutputTokens: Int

    package init(system: String, prompt: String, maxOutputTokens: Int) {
        self.system = system
        self.prompt = prompt
        self.maxOutputTokens = maxOutputTokens
    }
}

/// What a model answered.
package struct ModelAnswer: Sendable, Equatable {
    package var text: String
    package var inputTokens: Int64
    package var outputTokens: Int64
    /// The smallest share of any rate limit that is left, 0...1; nil where the provider tells none.
    package var remainingShare: Double?
    /// Until that limit is full again.
    package var resetsAfterSeconds: Double?

    package init(
        text: String, inputTokens: Int64 = 0, outputTokens: Int64 = 0, remainingShare: Double? = nil,
        resetsAfterSeconds: Double? = nil
    ) {
        self.text = text
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.remainingShare = remainingShare
        self.resetsAfterSeconds = resetsAfterSeconds
    }
}

/// A call that failed.
package struct ModelFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package var failureClass: FailureClass
    /// One line of at most 300 bytes for people: redacted, without control characters.
    package var message: String
    package var httpStatus: Int?
    /// What the call cost all the same.
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0

    package init(_ failureClass: FailureClass, message: String, httpStatus: Int? = nil) {
        self.failureClass = failureClass
        self.message = message
        self.httpStatus = httpStatus
    }

    package var description: String { "\(failureClass.category.rawValue): \(message)" }
}

/// Whom to ask.
package protocol ModelProvider: Sendable {
    /// As the configuration spells it: anthropic, openai, claude-cli.
    var name: String { get }
    /// 8 hex digits of SHA-256 over base URL and credential: one bad key stops its owner only.
    var fingerprint: String { get }
    /// - Throws: before the deadline is over, or at it.
    func complete(_ request: ModelRequest, deadline: Duration) async throws(ModelFailure) -> ModelAnswer
    /// Asks whether the provider would answer, without spending tokens where it can (a list of models).
    func check(deadline: Duration) async throws(ModelFailure)
}
