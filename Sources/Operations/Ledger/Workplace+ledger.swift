internal import Archive
package import Capture
package import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage
package import Transcripts

extension Workplace {
    /// Accounts for every byte of transcripts, by what Redis and the archive hold of them.
    package func accounts(of files: [TranscriptFile]) throws -> [Account] {
        var connection = try connect()
        let archive = try archiveStore.openToRead()
        // Where another host of the pool has the archive, nobody here can say what it holds.
        let owner = try connection.ask(queue.archiveOwner).map { String($0.prefix { $0 != ":" }) }
        let isElsewhere = owner.map { $0 != host } ?? false
        var trouble: ArchiveError?
        let accounts = try Ledger(settings: settings, host: host).accounts(of: files, over: &connection) { ids in
            do throws(ArchiveError) {
                return isElsewhere ? nil : try archive?.heldSpans(of: ids).mapValues { $0.map(HeldSpan.init) } ?? [:]
            } catch {
                trouble = error
                return [:]
            }
        }
        if let trouble { throw trouble }
        return accounts
    }

    /// Reads again what is missing of transcripts, and adds up anew what was mended.
    package func mend(_ accounts: [Account], of files: [TranscriptFile]) throws -> Mended {
        guard accounts.contains(where: { $0.missing > 0 }) else { return Mended(accounts: accounts) }
        var connection = try connect()
        let outcome = try Mending(settings: settings, host: host).run(accounts, over: &connection)
        guard outcome.episodes > 0 else { return Mended(accounts: accounts, outcome: outcome) }
        let broken = files.indices.filter { accounts[$0].missing > 0 }
        var mended = accounts
        for (index, account) in zip(broken, try self.accounts(of: broken.map { files[$0] })) { mended[index] = account }
        return Mended(accounts: mended, outcome: outcome)
    }

    /// The ledger of the rolling period, in sums, after what was missing has been read again.
    package func ledgerOfRollingPeriod() throws -> LedgerSums {
        let now = HostClock.wallMilliseconds
        let since = now - settings.configuration.rollingPeriodHours * 3_600_000
        let transcripts = HostTranscripts(settings: settings)
        let files = transcripts.files.filter { $0.modifiedMilliseconds >= since }
        let reported = Account.ofReportedAnswers(in: Spool(folder: settings.state.spool))
        let others = reported + transcripts.unreachable.map(Account.init)
        let accounts = try mend(try accounts(of: files), of: files).accounts + others
        func sum(_ part: (Account) -> Int64) -> Int64 { accounts.reduce(0) { $0 + part($1) } }
        return LedgerSums(
            milliseconds: now, transcripts: Int64(files.count), bytes: sum(\.bytes), captured: sum(\.captured),
            pending: sum(\.pending), excluded: sum { $0.excluded.values.reduce(0, +) }, missing: sum(\.missing),
            unreadable: sum { $0.trouble == nil ? 0 : 1 })
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

/// Accounts after a repair.
package struct Mended: Sendable {
    package var accounts: [Account]
    package var outcome = Mending.Outcome()
}
