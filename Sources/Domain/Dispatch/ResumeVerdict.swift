/// What to do with a binding after a run that tried to resume it, decided from evidence alone.
///
///     said "No conversation found"?  --no-->  nothing is known: keep
///              | yes
///     transcript anywhere here?  --absent-->  drop
///              |--found, but without a message--> drop (the client cannot resume it anywhere)
///              |--found--> keep, and say where it can be resumed (older clients look in their own folder only)
///              |--unknown--> keep, and say why it is not known
package enum ResumeVerdict: Sendable, Equatable {
    case drop
    case keep(resumableFrom: String)
    case keepUnseen(reason: String)
    /// API errors, authentication, timeouts, signals and any other exit 1.
    case noEvidence

    /// - Parameters:
    ///   - hasMessages: whether the transcript that was found holds a conversation.
    ///   - cwd: where the session was made.
    package static func decide(
        saidNotFound: Bool, presence: TranscriptPresence, hasMessages: Bool, cwd: String
    ) -> ResumeVerdict {
        guard saidNotFound else { return .noEvidence }
        switch presence {
        case .absent: return .drop
        case .found: return hasMessages ? .keep(resumableFrom: cwd) : .drop
        case .unknown(let reason): return .keepUnseen(reason: reason)
        }
    }
}
