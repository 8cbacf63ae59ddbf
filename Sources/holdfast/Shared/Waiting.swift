internal import Dispatch
internal import Synchronization

/// Waits for what is asynchronous. The other verbs have no use for an asynchronous main, which would make each of them
/// slower to start.
enum Waiting {
    static func run<Answer: Sendable>(_ work: @escaping @Sendable () async throws -> Answer) throws -> Answer {
        let ended = DispatchSemaphore(value: 0), outcome = Mutex<Result<Answer, any Error>?>(nil)
        Task {
            let result: Result<Answer, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            ended.signal()
        }
        ended.wait()
        guard let result = outcome.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
