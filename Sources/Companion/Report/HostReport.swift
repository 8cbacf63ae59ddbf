internal import Archive
internal import Domain
package import Operations
internal import Platform

/// What this companion's heartbeat tells beside that it lives: what only a daemon can know at little cost. The heartbeat
/// itself waits for none of it.
package actor HostReport {
    private let keeper: ArchiveKeeper
    private let owner: ArchiveOwner
    private var facts = CompanionFacts()

    private static let shortestPause: Duration = .seconds(9)
    private static let longestPause: Duration = .seconds(300)

    package init(keeper: ArchiveKeeper, owner: ArchiveOwner) {
        self.keeper = keeper
        self.owner = owner
    }

    /// As fields of the heartbeat.
    package var fields: [String: String] { facts.fields }

    package func found(transcriptsEndangered count: Int) { facts.transcriptsEndangered = count }
    package func found(ledger: Status.Ledger) { facts.ledger = ledger }

    /// - Parameter error: why the configured provider cannot be used; empty when it can.
    package func found(providerError error: String) {
        if facts.providerError.isEmpty, !error.isEmpty {
            facts.providerErrorMilliseconds = HostClock.wallMilliseconds
        }
        facts.providerError = error
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
                var counted = CompanionFacts()
                try counted.count(archive, now: now)
                return (counted, ContinuousClock().now - start)
            }
            facts.archive = counted.archive
            facts.backlog = counted.backlog
            facts.oldestBacklogMilliseconds = counted.oldestBacklogMilliseconds
            return min(max(Self.shortestPause, took * 1000), Self.longestPause)
        } catch {
            facts.archive.error = "\(error)"
            facts.archive.at = facts.archive.at ?? Timestamp(now)
            return Self.shortestPause
        }
    }
}
