internal import Archive
internal import Domain
internal import Synchronization

/// What an archive holds, counted here where no companion tells. It costs the more the larger the archive is, and who looks
/// again and again does so in trouble: a count is good for 200 times as long as it took, up to half a minute.
enum ArchiveCount {
    private static let longestLife: Duration = .seconds(30)
    private static let known = Mutex<[String: (until: ContinuousClock.Instant, figures: ArchiveFigures)]>([:])

    /// - Returns: nil where there is no archive yet.
    static func of(_ path: String, now: Int64) -> ArchiveFigures? {
        let clock = ContinuousClock()
        let start = clock.now
        if let last = known.withLock({ $0[path] }), start < last.until { return last.figures }
        var figures = ArchiveFigures()
        do throws(ArchiveError) {
            guard let archive = try ArchiveStores.at(path).openToRead() else { return nil }
            figures = ArchiveFigures(try archive.counts(), at: now)
        } catch {
            figures.error = "\(error)"
        }
        let counted = figures
        let end = clock.now
        known.withLock { $0[path] = (end + min((end - start) * 200, longestLife), counted) }
        return figures
    }
}
