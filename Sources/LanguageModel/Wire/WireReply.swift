/// What a reply of status 200 says.
package struct WireReply: Sendable, Equatable {
    /// Why the model stopped.
    package enum Ending: Sendable, Equatable {
        case complete
        /// The answer reached the limit of output tokens, or the end of the context.
        case cutOff
        /// The provider or the model refused.
        case filtered
    }

    package var text: String
    package var inputTokens: Int64 = 0
    package var outputTokens: Int64 = 0
    package var ending: Ending = .complete
}

/// A reply of status 200 that holds no answer.
package enum WireError: Error, Sendable, Equatable {
    /// The reply is an error all the same.
    case failed
    /// The stream ended before its last event.
    case incomplete
    /// It holds nothing that can be used, for that reason.
    case unusable(reason: String)
}
