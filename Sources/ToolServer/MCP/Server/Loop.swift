internal import Dispatch
internal import Platform
internal import Synchronization

/// A thread that does one thing after the other, some of them later.
final class Loop: Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var work: [Work] = []
        /// Ordered by time, the last first.
        var timers: [(due: ContinuousClock.Instant, work: Work)] = []
        var isEnded = false
    }

    /// What the thread holds; the loop itself may go, and ends it then.
    private final class Shared: Sendable {
        let state = Mutex(State())
        let changed = DispatchSemaphore(value: 0)
    }

    private let shared = Shared()

    init() {
        let shared = shared
        guard OwnThread.start({ Self.run(shared) }) else {
            preconditionFailure("the system has no thread left; nothing can be served")
        }
    }

    deinit {
        shared.state.withLock { $0.isEnded = true }
        shared.changed.signal()
    }

    func add(_ work: @escaping Work) {
        shared.state.withLock { $0.work.append(work) }
        shared.changed.signal()
    }

    func add(after delay: Duration, _ work: @escaping Work) {
        let due = ContinuousClock.now + delay
        shared.state.withLock { state in
            let place = state.timers.firstIndex { $0.due <= due } ?? state.timers.count
            state.timers.insert((due, work), at: place)
        }
        shared.changed.signal()
    }

    private static func run(_ shared: Shared) {
        while true {
            let (work, next) = shared.state.withLock { take(&$0) }
            guard let work else { return }
            for work in work { work() }
            guard work.isEmpty else { continue }
            if let next {
                _ = shared.changed.wait(timeout: .now() + max(0, (next - .now).inSeconds))
            } else {
                shared.changed.wait()
            }
        }
    }

    /// - Returns: what is to be done now, nil at the end; and when a timer comes next.
    private static func take(_ state: inout State) -> ([Work]?, ContinuousClock.Instant?) {
        guard !state.isEnded else { return (nil, nil) }
        var work = state.work
        state.work = []
        let now = ContinuousClock.now
        while let timer = state.timers.last, timer.due <= now {
            work.append(timer.work)
            state.timers.removeLast()
        }
        return (work, state.timers.last?.due)
    }
}

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
