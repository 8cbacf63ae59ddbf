internal import Synchronization

/// Runs what waits for Redis or for the disk on a few threads of its own: neither the threads that tasks share nor those
/// of the companion's own work, such as the renewal of leases, may wait for who only looks.
package enum BlockingWork {
    private static let threads = WorkerThreads(limit: 8)

    /// - Throws: what the work throws; `CancellationError` at once when the task is cancelled, whatever becomes of the work.
    package static func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        let handover = Handover<Answer>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard handover.wait(continuation) else { return }
                threads.add {
                    // Nobody waits for it any more.
                    guard !handover.isOver else { return }
                    handover.finish(Result { try work() })
                }
            }
        } onCancel: {
            handover.finish(.failure(CancellationError()))
        }
    }

    /// Where the answer and who waits for it meet, once.
    private final class Handover<Answer: Sendable>: Sendable {
        private enum State {
            case new
            case waited(CheckedContinuation<Answer, any Error>)
            case over
        }

        private let state = Mutex(State.new)

        var isOver: Bool { state.withLock { if case .over = $0 { true } else { false } } }

        /// - Returns: false when it is over already; the continuation has been resumed then.
        func wait(_ continuation: CheckedContinuation<Answer, any Error>) -> Bool {
            let isLate = state.withLock { state in
                if case .over = state { return true }
                state = .waited(continuation)
                return false
            }
            if isLate { continuation.resume(throwing: CancellationError()) }
            return !isLate
        }

        func finish(_ result: Result<Answer, any Error>) {
            let waiting: CheckedContinuation<Answer, any Error>? = state.withLock { state in
                defer { state = .over }
                if case .waited(let continuation) = state { return continuation }
                return nil
            }
            waiting?.resume(with: result)
        }
    }
}
