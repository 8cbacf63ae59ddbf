/// A thread of the server's own, so that calls which block the shared ones cannot keep it from answering.
final class ServerExecutor: SerialExecutor {
    private let loop = Loop()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.add { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// A timer that waits for no shared thread, as that of a task does.
    func after(_ delay: Duration, _ work: @escaping @Sendable () -> Void) { loop.add(after: delay, work) }
}
