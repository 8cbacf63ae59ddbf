internal import ServiceLifecycle

/// Ends what takes too long, or what keeps the companion from stopping: it is cancelled, and the caller is told.
struct Deadline: Sendable {
    let limit: Duration
    /// How long there is once the companion is to stop.
    let farewell: Duration

    func run<Answer: Sendable>(_ work: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: farewell)
                return nil
            }
            defer { group.cancelAll() }
            // The first to end decides; the others are cancelled.
            if let first = try await group.next(), let answer = first { return answer }
            throw BackendError(
                .timeout, "there was no answer in time",
                remedy: "try again; 'holdfast status' tells what is slow")
        }
    }
}
