internal import LanguageModel

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
