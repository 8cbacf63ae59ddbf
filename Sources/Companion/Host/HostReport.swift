internal import Archive
package import Chronicle
package import Domain
package import Logging
internal import Platform
package import Settings
internal import Storage
internal import Threads

/// What this companion's heartbeat tells beside that it lives: what only a daemon can know at little cost. The heartbeat
/// itself waits for none of it.
package actor HostReport {
    private let handle: ArchiveHandle
    private let ownership: ArchiveOwnership
    package private(set) var found = CompanionReport()

    private static let shortestPause: Duration = .seconds(9)
    private static let longestPause: Duration = .seconds(300)

    package init(handle: ArchiveHandle, ownership: ArchiveOwnership) {
        self.handle = handle
        self.ownership = ownership
    }

    package func found(transcriptsEndangered count: Int) { found.transcriptsEndangered = Int64(count) }
    package func found(unservedPools pools: [UnservedPool]) { found.unservedPools = pools }
    package func found(sinks: [SinkFigures]) { found.sinks = sinks }
    package func found(dashboardError error: String) { found.dashboardError = error }
    package func found(ledger: LedgerSums) { found.ledger = ledger }

    /// - Parameter error: why the configured provider cannot be used; empty when it can.
    package func found(providerError error: String) {
        if found.providerError == nil, !error.isEmpty { found.providerErrorMilliseconds = HostClock.wallMilliseconds }
        found.providerError = error.isEmpty ? nil : error
    }

    /// - Parameter error: why transcripts are not kept in the vault; empty when they are.
    package func found(vaultError error: String) {
        if found.vaultError == nil, !error.isEmpty { found.vaultErrorMilliseconds = HostClock.wallMilliseconds }
        if error.isEmpty { found.vaultErrorMilliseconds = nil }
        found.vaultError = error.isEmpty ? nil : error
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive count") { [self] in await count() }
    }

    /// Counts what the archive holds, and never so often that counting takes more than a thousandth of the time.
    private func count() async -> Duration {
        guard await ownership.isHeld else { return .seconds(1) }
        let now = HostClock.wallMilliseconds
        do throws(ArchiveError) {
            let (counted, took) = try await handle.use { archive throws(ArchiveError) in
                let start = ContinuousClock().now
                return (ArchiveFigures(try archive.counts(), at: now), ContinuousClock().now - start)
            }
            found.archive = counted
            return min(max(Self.shortestPause, took * 1000), Self.longestPause)
        } catch {
            found.archive.error = "\(error)"
            found.archive.countedMilliseconds = found.archive.countedMilliseconds ?? now
            return Self.shortestPause
        }
    }
}

/// Adds up the ledger of the rolling period, when a transcript has changed since or was not captured whole.
package actor LedgerReport {
    /// What the transcripts are marked by, and their ledger, unless the mark is the one that is known.
    package typealias Adding = @Sendable (_ known: Int?) throws -> (mark: Int, ledger: LedgerSums?)

    private let add: Adding
    private let report: HostReport
    private let logger: Logger
    private var mark: Int?
    private var isBalanced = false
    private var lastCount: ContinuousClock.Instant?
    /// Episodes can vanish while no transcript changes: a hand, an eviction, a Redis that came back older.
    private static let longestTrust: Duration = .seconds(600)

    package init(report: HostReport, logger: Logger, add: @escaping Adding) {
        self.add = add
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
        let isTrusted = lastCount.map { start - $0 < Self.longestTrust } ?? false
        let add = add, known = isBalanced && isTrusted ? mark : nil
        do {
            let (mark, ledger) = try await BlockingWork.run { try add(known) }
            self.mark = mark
            if let ledger {
                lastCount = start
                isBalanced = ledger.pending == 0 && ledger.missing == 0 && ledger.unreadable == 0
                await report.found(ledger: ledger)
                if ledger.missing > 0 {
                    logger.error(
                        "bytes that count as captured are in no episode and cannot be read again; run 'holdfast verify --repair'",
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

/// Looks once a minute how things stand: keeps the line that a session's start shows its user, and tells what troubles
/// there are.
package struct NoticeReport: Sendable {
    /// What is told at a session's start, nil where there is nothing; and the troubles.
    package typealias Judging = @Sendable () throws -> (notice: String?, troubles: [Chronicle.Trouble])

    private let notice: UserNotice
    private let logger: Logger
    private let judge: Judging
    private let onTroubles: @Sendable ([Chronicle.Trouble]) async -> Void

    package init(
        state: StateFolder, logger: Logger, judge: @escaping Judging,
        onTroubles: @escaping @Sendable ([Chronicle.Trouble]) async -> Void
    ) {
        notice = UserNotice(state)
        self.logger = logger
        self.judge = judge
        self.onTroubles = onTroubles
    }

    package func service() -> Periodic {
        let notice = notice, logger = logger, judge = judge, onTroubles = onTroubles
        return Periodic(name: "notice") {
            do {
                let found = try await BlockingWork.run { try judge() }
                await onTroubles(found.troubles)
                try notice.write(found.notice, now: HostClock.wallMilliseconds)
            } catch {
                logger.debug("no notice: \(error)")
            }
            return .seconds(60)
        }
    }
}
