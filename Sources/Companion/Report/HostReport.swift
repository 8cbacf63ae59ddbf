internal import Archive
internal import Domain
internal import Logging
package import Operations
internal import Storage

/// What this companion's heartbeat tells beside that it lives: what only a daemon can know at little cost.
package actor HostReport {
    private let keeper: ArchiveKeeper
    private let owner: ArchiveOwner
    private var facts = CompanionFacts()
    private var nextCount: ContinuousClock.Instant?

    package init(keeper: ArchiveKeeper, owner: ArchiveOwner) {
        self.keeper = keeper
        self.owner = owner
    }

    /// As fields of the heartbeat. The archive is counted anew at most every ten seconds, and never so often that
    /// counting takes more than a thousandth of the time.
    package func fields() async -> [String: String] {
        let clock = ContinuousClock()
        if await owner.isOwner, nextCount.map({ clock.now >= $0 }) ?? true {
            let start = clock.now
            let now = HostClock.wallMilliseconds
            do throws(ArchiveError) {
                let before = facts
                facts = try await keeper.use { archive throws(ArchiveError) in
                    var facts = before
                    try facts.count(archive, now: now)
                    return facts
                }
            } catch {
                facts.archive.error = "\(error)"
                facts.archive.at = facts.archive.at ?? Timestamp(now)
            }
            nextCount = clock.now + max(.seconds(9), (clock.now - start) * 1000)
        }
        return facts.fields
    }

    package func found(transcriptsEndangered count: Int) { facts.transcriptsEndangered = count }
    package func found(ledger: Status.Ledger) { facts.ledger = ledger }
}
