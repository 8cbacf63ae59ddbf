/// What to do with a binding after a run that tried to resume it, decided from evidence alone. Whatever it is: a client's
/// refusal is proof that this call gets no answer from the session, and a dispatch starts fresh.
///
///     refused?         --no-->  nothing is known: keep
///       | yes
///     transcript here? --absent-->   drop
///       |              --unknown-->  keep: a disk that is not mounted explains it
///       | found
///     conversation in it?      --no-->   drop: no client resumes it anywhere
///       | yes
///     tried where it belongs?  --yes-->  drop: the client has looked at it and does not want it
///       |              --its folder is gone--> drop: it can be tried there no more
///       |              --no, or not known-->   keep: older clients look below their own folder only
///
/// What is kept is dropped at the second refusal in a row (`fail_resume.lua`): no key may stick.
package enum ResumeVerdict: Sendable, Equatable {
    case drop(Cause)
    case keep(resumableFrom: String)
    case keepUnseen(reason: String)
    /// API errors, authentication, timeouts, signals and any other exit 1.
    case noEvidence

    package enum Cause: Sendable, Equatable {
        /// Its transcript is nowhere here.
        case gone
        /// Its transcript holds no conversation.
        case empty
        /// It was refused where it belongs, or can be tried there no more.
        case refused
        /// A person said so.
        case told
    }

    /// What one sees of a transcript that was found after its session was refused.
    package struct Sighting: Sendable, Equatable {
        package var hasMessages: Bool
        /// Where the session was made; empty where that is not known.
        package var folder: String
        package var isFolderGone: Bool
        /// Whether a client that looks below its own folder only would have looked there for it. False also where it is
        /// not known from which folder it was tried.
        package var wasTriedThere: Bool

        package init(hasMessages: Bool, folder: String, isFolderGone: Bool, wasTriedThere: Bool) {
            self.hasMessages = hasMessages
            self.folder = folder
            self.isFolderGone = isFolderGone
            self.wasTriedThere = wasTriedThere
        }
    }

    /// - Parameters:
    ///   - wasRefused: whether the client said that there is no such session, or that it cannot resume it.
    ///   - sighting: asked only where the transcript was found.
    package static func decide(
        wasRefused: Bool, presence: TranscriptPresence, sighting: () -> Sighting
    ) -> ResumeVerdict {
        guard wasRefused else { return .noEvidence }
        switch presence {
        case .absent: return .drop(.gone)
        case .unknown(let reason): return .keepUnseen(reason: reason)
        case .found:
            let seen = sighting()
            guard seen.hasMessages else { return .drop(.empty) }
            guard !seen.wasTriedThere, !seen.isFolderGone else { return .drop(.refused) }
            return .keep(resumableFrom: seen.folder)
        }
    }

    package var isDrop: Bool { if case .drop = self { true } else { false } }
}
