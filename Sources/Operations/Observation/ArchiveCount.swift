internal import Archive
internal import Synchronization

/// What an archive holds, counted here where no companion tells. A count is good for half a minute: it costs the more the
/// larger the archive is, and who looks again and again does so in trouble.
enum ArchiveCount {
    private static let lifetime: Duration = .seconds(30)
    private static let known = Mutex<[String: (at: ContinuousClock.Instant, facts: CompanionFacts)]>([:])

    /// - Returns: nil where there is no archive yet.
    static func of(_ path: String, now: Int64) -> CompanionFacts? {
        let clock = ContinuousClock()
        if let last = known.withLock({ $0[path] }), clock.now - last.at < lifetime { return last.facts }
        var facts = CompanionFacts()
        do throws(ArchiveError) {
            guard let archive = try Archive.openReadOnly(path: path) else { return nil }
            try facts.count(archive, now: now)
        } catch {
            facts.archive.error = "\(error)"
        }
        let counted = facts
        known.withLock { $0[path] = (clock.now, counted) }
        return facts
    }
}
