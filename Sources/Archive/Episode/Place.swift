package import Domain

/// Where an episode is: in exactly one place.
///
///     queued <──> backlog ──> finished
///        └──────────────────────^ |
///                   ^── if raw ───┘
package enum Place: Sendable, Hashable {
    /// Its hash is in Redis, unfinished.
    case queued
    /// It left Redis for want of room and still wants a memory.
    case backlog
    case finished(Outcome)

    package typealias Outcome = EpisodeOutcome

    init?(place: String, outcome: String?) {
        switch place {
        case "queued": self = .queued
        case "backlog": self = .backlog
        default:
            guard let outcome = outcome.flatMap(Outcome.init) else { return nil }
            self = .finished(outcome)
        }
    }

    package var name: String {
        switch self {
        case .queued: "queued"
        case .backlog: "backlog"
        case .finished: "finished"
        }
    }

    package var outcome: Outcome? {
        if case .finished(let outcome) = self { outcome } else { nil }
    }
}
