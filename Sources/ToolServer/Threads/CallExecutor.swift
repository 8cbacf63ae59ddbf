internal import Dispatch
internal import Synchronization

/// Threads for the calls: one more whenever all others are busy, so that a call may block its own.
///
/// The shared pool has a thread for each core: two calls that wait for a Redis which hangs would stop all others.
final class CallExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var threads = 0
        /// Threads that have no job, those included that were just started or woken for one.
        var idle = 0
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Counts the jobs that no thread has taken.
    private let waiting = DispatchSemaphore(value: 0)

    /// - Parameter limit: how many threads there may be.
    init(limit: Int) { self.limit = limit }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.withLock { state in
            state.jobs.append(job)
            guard state.jobs.count > state.idle, state.threads < limit else { return false }
            state.threads += 1
            state.idle += 1
            return true
        }
        waiting.signal()
        guard mustStart, !OwnThread.start({ self.work() }) else { return }
        // Another thread takes the job, or none does and its call is answered at its deadline.
        state.withLock { state in
            state.threads -= 1
            state.idle -= 1
        }
    }

    private func work() {
        while let job = next() {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            state.withLock { $0.idle += 1 }
        }
    }

    /// - Returns: nil when there was nothing to do for a while; the thread then ends.
    private func next() -> UnownedJob? {
        while true {
            let hasJob = waiting.wait(timeout: .now() + 5) == .success
            let (job, mustEnd) = state.withLock { state in take(&state, hasJob: hasJob) }
            if job != nil || mustEnd { return job }
        }
    }

    private func take(_ state: inout State, hasJob: Bool) -> (UnownedJob?, mustEnd: Bool) {
        if hasJob {
            state.idle -= 1
            return (state.jobs.removeFirst(), false)
        }
        // A job may have come since: then this thread was counted on.
        guard state.jobs.count < state.idle else { return (nil, false) }
        state.idle -= 1
        state.threads -= 1
        return (nil, true)
    }
}
