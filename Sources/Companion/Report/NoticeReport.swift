internal import Domain
package import Logging
internal import Operations
internal import Platform
package import Settings
internal import Storage
internal import Threads

/// Keeps the line that a session's start shows its user.
package struct NoticeReport: Sendable {
    private let settings: LiveSettings
    private let logger: Logger

    package init(settings: LiveSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    package func service() -> Periodic {
        let settings = settings, logger = logger
        return Periodic(name: "notice") {
            do {
                try await BlockingWork.run {
                    let place = try Workplace(settings: settings.understood())
                    let status = try place.status()
                    try UserNotice(place.settings.state).write(status.notice, now: status.observed_at.milliseconds)
                }
            } catch {
                logger.debug("no notice: \(error)")
            }
            return .seconds(60)
        }
    }
}
