internal import Domain
package import Logging
internal import Operations
internal import Platform
package import Settings
internal import Storage

/// Keeps the line that a session's start shows its user.
package struct NoticeReport: Sendable {
    private let environment: [String: String]
    private let logger: Logger

    package init(settings: Settings, logger: Logger) {
        environment = settings.environment
        self.logger = logger
    }

    package func service() -> Periodic {
        let environment = environment, logger = logger
        return Periodic(name: "notice") {
            do {
                try await BlockingWork.run {
                    let place = try Workplace(settings: try Settings.load(environment: environment))
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
