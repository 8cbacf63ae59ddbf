internal import Synchronization

/// Wakes one waiter: rung while nobody waits, it is heard by the next who does.
package final class Bell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isRung = true }
            return state.waiter
        }
        waiter?.resume(returning: true)
    }

    /// Until it is rung, the time is over, or the task is cancelled.
    /// - Returns: whether it was rung; one that rang in the moment when the time was over was.
    @discardableResult
    package func wait(atMost limit: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // Cancelled, it is over.
                try? await Task.sleep(for: limit)
                return false
            }
            group.addTask { await self.wait() }
            let first = await group.next() ?? false
            group.cancelAll()
            let second = await group.next() ?? false
            return first || second
        }
    }

    /// - Returns: false when the task was cancelled; who rings then is heard by the next who waits.
    private func wait() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    if Task.isCancelled { return false }
                    state.waiter = continuation
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: false)
        }
    }
}
