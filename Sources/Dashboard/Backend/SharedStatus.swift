internal import Operations
internal import Platform
internal import Settings
internal import Threads

/// One look at how things stand for all who ask within a second: the public addresses must not become a load on Redis.
actor SharedStatus {
    private let settings: LiveSettings
    private var last: (at: ContinuousClock.Instant, status: Status)?
    private var looking: Task<Status, any Error>?

    private static let freshness: Duration = .seconds(1)

    init(settings: LiveSettings) { self.settings = settings }

    /// - Parameter isNew: one that was looked for after the call.
    func status(isNew: Bool = false) async throws(BackendError) -> Status {
        if !isNew, let last, ContinuousClock().now - last.at < Self.freshness { return last.status }
        let look = (isNew ? nil : looking) ?? begin()
        do {
            let status = try await look.value
            last = (ContinuousClock().now, status)
            if looking == look { looking = nil }
            return status
        } catch {
            if looking == look { looking = nil }
            throw BackendError(Failure(of: error))
        }
    }

    private func begin() -> Task<Status, any Error> {
        let settings = settings
        // Held here until it is over; several may wait for it.
        let look = Task {
            try await BlockingWork.run {
                try Workplace(settings: try settings.understood()).status()
            }
        }
        looking = look
        return look
    }
}
