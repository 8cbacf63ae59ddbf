/// Where an actor runs whose work blocks, as a reply of Redis or the disk does, or that must answer whatever blocks
/// elsewhere: a thread of its own, as long as the actor lives.
///
/// Not a queue of Dispatch, for the reason that `OwnThread` gives: serial queues share 255 threads with all that Dispatch
/// does, others get one more a second. Nor a thread of a pool, which would have to be as large as there are such actors.
/// What a thread costs that has nothing to do is some 20 KB of stack, and no wake-up.
package final class ThreadExecutor: SerialExecutor {
    private let loop = ThreadLoop()

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.add { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// A timer that waits for no shared thread, as that of a task does.
    package func after(_ delay: Duration, _ work: @escaping @Sendable () -> Void) { loop.add(after: delay, work) }
}

/// Where tasks run that may each block their thread: on a few of their own, and no more than a limit.
package final class WorkerExecutor: TaskExecutor {
    private let threads: WorkerThreads

    /// - Parameter limit: how many threads there may be. Tasks beyond it wait.
    package init(limit: Int) { threads = WorkerThreads(limit: limit) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        threads.add { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
