internal import Archive
internal import Domain
internal import Synchronization

/// What an archive holds, counted here where no companion tells. It costs the more the larger the archive is, and who looks
/// again and again does so in trouble: a count of files that are as they were is good for 200 times as long as it took, up
/// to half a minute. One of files that were written since is good for a tenth of that: it may miss what was just archived.
enum ArchiveCount {
    private struct Count {
        let figures: ArchiveFigures
        let began: ContinuousClock.Instant
        let took: Duration
        let mark: String?
    }

    private static let longestLife: Duration = .seconds(30)
    private static let known = Mutex<[String: Count]>([:])

    /// - Returns: nil where there is no archive yet.
    static func of(_ store: any ArchiveStore, now: Int64) -> ArchiveFigures? {
        let clock = ContinuousClock()
        let began = clock.now
        // Looked at before it is counted: what is written meanwhile makes the count an old one.
        let mark = store.changeMark
        if let last = known.withLock({ $0[store.place] }) {
            let life = min(last.took * 200, longestLife) / (mark != nil && last.mark == mark ? 1 : 10)
            if began < last.began + last.took + life { return last.figures }
        }
        var figures = ArchiveFigures()
        do throws(ArchiveError) {
            guard let archive = try store.openToRead() else { return nil }
            figures = ArchiveFigures(try archive.counts(), at: now)
        } catch {
            figures.error = "\(error)"
        }
        let count = Count(figures: figures, began: began, took: clock.now - began, mark: mark)
        known.withLock { $0[store.place] = count }
        return figures
    }
}
