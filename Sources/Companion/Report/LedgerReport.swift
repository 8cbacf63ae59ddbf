internal import Domain
package import Logging
internal import Operations
internal import Platform
package import Settings
internal import Threads

/// Adds up the ledger of the rolling period, when a transcript has changed since or was not captured whole.
package actor LedgerReport {
    private let settings: LiveSettings
    private let report: HostReport
    private let logger: Logger
    private var mark: Int?
    private var isBalanced = false

    package init(settings: LiveSettings, report: HostReport, logger: Logger) {
        self.settings = settings
        self.report = report
        self.logger = logger
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "ledger") { [self] in await round() }
    }

    /// Never so often that adding up takes more than a five-hundredth of the time.
    private func round() async -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        let settings = settings, before = isBalanced ? mark : nil
        do {
            let (mark, ledger) = try await BlockingWork.run {
                let place = try Workplace(settings: try settings.understood())
                let mark = place.transcriptsMark()
                return (mark, mark == before ? nil : try place.ledgerOfRollingPeriod())
            }
            self.mark = mark
            if let ledger {
                isBalanced = ledger.pending == 0 && ledger.missing == 0
                await report.found(ledger: ledger)
                if ledger.missing > 0 {
                    logger.error(
                        "bytes that count as captured are in no episode; run 'holdfast verify'",
                        metadata: ["bytes": "\(ledger.missing)"])
                }
            }
            return min(max(.seconds(60), (clock.now - start) * 500), .seconds(1800))
        } catch {
            logger.debug("no ledger: \(error)")
            return .seconds(30)
        }
    }
}
