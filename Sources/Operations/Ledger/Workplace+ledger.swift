internal import Archive
package import Capture
package import Domain
internal import Platform
internal import Redis
internal import Settings
package import Transcripts

extension Workplace {
    /// Accounts for every byte of transcripts, by what Redis and the archive hold of them.
    package func accounts(of files: [TranscriptFile]) throws -> [Account] {
        var connection = try connect()
        let archive = try archiveStore.openToRead()
        var trouble: ArchiveError?
        let accounts = try Ledger(settings: settings, host: host).accounts(of: files, over: &connection) { ids in
            do throws(ArchiveError) {
                return try archive?.heldSpans(of: ids).mapValues { $0.map(HeldSpan.init) } ?? [:]
            } catch {
                trouble = error
                return [:]
            }
        }
        if let trouble { throw trouble }
        return accounts
    }

    /// The ledger of the rolling period, in sums.
    package func ledgerOfRollingPeriod() throws -> LedgerSums {
        let now = HostClock.wallMilliseconds
        let since = now - settings.configuration.rollingPeriodHours * 3_600_000
        let files = HostTranscripts(settings: settings).files.filter { $0.modifiedMilliseconds >= since }
        let accounts = try accounts(of: files)
        func sum(_ part: (Account) -> Int64) -> Int64 { accounts.reduce(0) { $0 + part($1) } }
        return LedgerSums(
            milliseconds: now, transcripts: Int64(accounts.count), bytes: sum(\.bytes), captured: sum(\.captured),
            pending: sum(\.pending), excluded: sum { $0.excluded.values.reduce(0, +) }, missing: sum(\.missing))
    }

    /// What changes when a transcript of the rolling period does: their number and sizes.
    package func transcriptsMark() -> Int {
        let since = HostClock.wallMilliseconds - settings.configuration.rollingPeriodHours * 3_600_000
        var hasher = Hasher()
        for file in HostTranscripts(settings: settings).files where file.modifiedMilliseconds >= since {
            hasher.combine(file.path)
            hasher.combine(file.size)
        }
        return hasher.finalize()
    }
}

extension HeldSpan {
    fileprivate init(_ span: ArchivedSpan) {
        self.init(
            generation: span.generation, bytes: span.bytes, uuids: span.uuids, filterMark: span.filterMark,
            isDiscarded: span.isDiscarded)
    }
}
