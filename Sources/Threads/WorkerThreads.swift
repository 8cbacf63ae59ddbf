internal import Dispatch
internal import Synchronization

/// Threads for what may block: one more whenever all others are busy, up to a limit; what comes then waits its turn.
///
/// The pool that tasks share has a thread for each core: two that wait for a Redis which hangs would stop all others.
package final class WorkerThreads: Sendable {
    package typealias Work = @Sendable () -> Void

    private struct State {
        /// What waits is taken from `first` on; what was taken is left there until all is.
        var work: [Work?] = []
        var first = 0
        var threads = 0
        /// Threads that have nothing to do, those included that were just started or woken for something.
        var idle = 0

        var count: Int { work.count - first }

        mutating func take() -> Work? {
            guard first < work.count else { return nil }
            let next = work[first]
            work[first] = nil
            first += 1
            if first == work.count {
                work = []
                first = 0
            }
            return next
        }
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Counts what no thread has taken.
    private let waiting = DispatchSemaphore(value: 0)

    /// - Parameter limit: how many threads there may be.
    package init(limit: Int) { self.limit = limit }

    package func add(_ work: @escaping Work) {
        let mustStart = state.withLock { state in
            state.work.append(work)
            guard state.count > state.idle, state.threads < limit else { return false }
            state.threads += 1
            state.idle += 1
            return true
        }
        waiting.signal()
        guard mustStart, !OwnThread.start({ self.run() }) else { return }
        // Another thread takes it, or none does.
        state.withLock { state in
            state.threads -= 1
            state.idle -= 1
        }
    }

    private func run() {
        while let work = next() {
            work()
            state.withLock { $0.idle += 1 }
        }
    }

    /// - Returns: nil when there was nothing to do for a while; the thread then ends.
    private func next() -> Work? {
        while true {
            let hasWork = waiting.wait(timeout: .now() + 5) == .success
            let (work, mustEnd) = state.withLock { state in take(&state, hasWork: hasWork) }
            if work != nil || mustEnd { return work }
        }
    }

    private func take(_ state: inout State, hasWork: Bool) -> (Work?, mustEnd: Bool) {
        if hasWork {
            state.idle -= 1
            return (state.take(), false)
        }
        // Something may have come since: then this thread was counted on.
        guard state.count < state.idle else { return (nil, false) }
        state.idle -= 1
        state.threads -= 1
        return (nil, true)
    }
}
