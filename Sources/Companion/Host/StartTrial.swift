/// Finds out by trial whether it is its file that keeps a server from starting: nothing else tells for certain, and what
/// servers write into their logs changes.
///
///     file ──ended twice──> what can be read of it ──ended──> nothing ──ended──> the file again: it was not the file
///
/// A server that has served was well with what it had.
package struct StartTrial: Sendable, Equatable {
    package enum Step: Sendable, Equatable {
        case startAgain, startWithWhatCanBeRead, startEmpty, putBack
    }

    private enum Stage { case own, readable, empty, given }
    private var stage = Stage.own
    private var failures = 0

    package init() {}

    /// - Parameter code: how it ended; by a signal 128 and more.
    package mutating func ended(code: Int32, hasServed: Bool) -> Step {
        if hasServed {
            self = StartTrial()
            return .startAgain
        }
        // Killed by others while it was reading.
        guard code != 128 + 9, code != 128 + 15, code != 0 else { return .startAgain }
        failures += 1
        switch stage {
        case .own where failures < 2: return .startAgain
        case .own: stage = .readable
        case .readable: stage = .empty
        case .empty: stage = .given
        case .given: return .startAgain
        }
        switch stage {
        case .readable: return .startWithWhatCanBeRead
        case .empty: return .startEmpty
        case .own, .given: return .putBack
        }
    }
}
