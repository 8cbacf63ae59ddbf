internal import Dispatch

/// Runs what waits for Redis or for the disk on threads of its own: the few that tasks share must never wait.
package enum BlockingWork {
    private static let queue = DispatchQueue(label: "holdfast.operations", attributes: .concurrent)

    package static func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
