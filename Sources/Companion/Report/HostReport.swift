internal import Archive
package import Domain
internal import Platform

/// What this companion's heartbeat tells beside that it lives: what only a daemon can know at little cost. The heartbeat
/// itself waits for none of it.
package actor HostReport {
    private let keeper: ArchiveKeeper
    private let owner: ArchiveOwner
    package private(set) var found = CompanionReport()

    private static let shortestPause: Duration = .seconds(9)
    private static let longestPause: Duration = .seconds(300)

    package init(keeper: ArchiveKeeper, owner: ArchiveOwner) {
        self.keeper = keeper
        self.owner = owner
    }

    package func found(transcriptsEndangered count: Int) { found.transcriptsEndangered = Int64(count) }
    package func found(ledger: LedgerSums) { found.ledger = ledger }

    /// - Parameter error: why the configured provider cannot be used; empty when it can.
    package func found(providerError error: String) {
        if found.providerError == nil, !error.isEmpty { found.providerErrorMilliseconds = HostClock.wallMilliseconds }
        found.providerError = error.isEmpty ? nil : error
    }

    package nonisolated func service() -> Periodic {
        Periodic(name: "archive count") { [self] in await count() }
    }

    /// Counts what the archive holds, and never so often that counting takes more than a thousandth of the time.
    private func count() async -> Duration {
        guard await owner.isOwner else { return .seconds(1) }
        let now = HostClock.wallMilliseconds
        do throws(ArchiveError) {
            let (counted, took) = try await keeper.use { archive throws(ArchiveError) in
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
