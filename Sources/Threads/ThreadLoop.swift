internal import Dispatch
internal import Synchronization

/// A thread that does one thing after the other, some of them later. With nothing to do it sleeps, and no timer wakes it.
package final class ThreadLoop: Sendable {
    package typealias Work = @Sendable () -> Void

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

    package init() {
        let shared = shared
        guard OwnThread.start({ Self.run(shared) }) else {
            preconditionFailure("the system has no thread left; nothing can be done")
        }
    }

    deinit {
        shared.state.withLock { $0.isEnded = true }
        shared.changed.signal()
    }

    package func add(_ work: @escaping Work) {
        shared.state.withLock { $0.work.append(work) }
        shared.changed.signal()
    }

    package func add(after delay: Duration, _ work: @escaping Work) {
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
                let (seconds, attoseconds) = (next - .now).components
                let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
                _ = shared.changed.wait(timeout: .now() + .nanoseconds(max(0, nanoseconds)))
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
