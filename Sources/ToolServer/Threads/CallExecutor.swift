internal import Platform

/// Runs the calls on threads of their own, so that a call may block its own.
final class CallExecutor: TaskExecutor {
    private let threads: WorkerThreads

    /// - Parameter limit: how many threads there may be. Calls beyond it wait, or are answered at their deadline.
    init(limit: Int) { threads = WorkerThreads(limit: limit) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        threads.add { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
