/// A limit on how long something may take.
enum TimeLimit {
    /// Runs an operation, and cancels it when the limit is reached or the caller is cancelled. It is waited for even
    /// then, so it must give way when it is cancelled.
    ///
    /// - Returns: nil when the time was over first.
    static func race<Answer: Sendable>(
        _ limit: Duration, _ operation: @Sendable @escaping () async -> Answer
    ) async -> Answer? {
        await withTaskGroup(of: Answer?.self) { group in
            group.addTask { await operation() }
            group.addTask {
                // A sleep ends early only by cancellation, and then the time is over as well.
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
