package import Capture
internal import Domain
internal import Settings
package import Storage
internal import Transcripts
package import Vault

/// The accounts of sessions, and what waits in the spool.
package struct Balance: Encodable, Sendable {
    package struct Session: Encodable, Sendable {
        package var session_id: String
        package var files = 0
        package var bytes: Int64 = 0
        package var captured: Int64 = 0
        package var pending: Int64 = 0
        package var excluded: [String: Int64] = [:]
        package var missing: Int64 = 0
        package var troubles: [String] = []
        /// Of the same files, what is in the vault.
        package var vault = Kept()
    }

    /// bytes = kept + pending + excluded.
    package struct Kept: Encodable, Sendable {
        package private(set) var bytes: Int64 = 0
        package private(set) var kept: Int64 = 0
        package private(set) var pending: Int64 = 0
        package private(set) var excluded: [String: Int64] = [:]

        init() {}

        init(_ account: VaultAccount) {
            (bytes, kept, pending, excluded) = (account.bytes, account.kept, account.pending, account.excluded)
        }
    }

    package let is_complete: Bool
    package let sessions: [Session]
    /// Of all transcripts, what is in the vault.
    package let vault: Kept
    package let notes_waiting: Int
    package let notes_corrupt: Int
    /// What was read again; nil where nobody asked for it.
    @OrNull package private(set) var repaired: Repair?

    package struct Repair: Encodable, Sendable {
        package let episodes: Int
        package let bytes: Int64
        package let troubles: [String]
    }

    /// - Parameter kept: what is in the vault of the first so many of the accounts' files.
    package init(
        _ accounts: [Account], _ spool: Spool, _ repair: Mending.Outcome? = nil, kept: [VaultAccount]
    ) {
        var sums: [String: VaultAccount] = [:], sum = VaultAccount(bytes: 0)
        for (account, own) in zip(accounts, kept) {
            sums[account.session?.rawValue ?? account.path, default: VaultAccount(bytes: 0)] += own
            sum += own
        }
        vault = Kept(sum)
        repaired = repair.map { Repair(episodes: $0.episodes, bytes: $0.bytes, troubles: $0.troubles) }
        var sessions: [String: Session] = [:]
        for account in accounts {
            let id = account.session?.rawValue ?? account.path
            var session = sessions[id] ?? Session(session_id: id)
            session.files += 1
            session.bytes += account.bytes
            session.captured += account.captured
            session.pending += account.pending
            session.missing += account.missing
            session.excluded.merge(account.excluded, uniquingKeysWith: +)
            if let trouble = account.trouble { session.troubles.append(trouble) }
            sessions[id] = session
        }
        for (id, sum) in sums { sessions[id]?.vault = Kept(sum) }
        self.sessions = sessions.values.sorted { $0.session_id < $1.session_id }
        notes_waiting = spool.count
        notes_corrupt = spool.corruptCount
        is_complete = notes_corrupt == 0 && !accounts.contains { $0.missing > 0 || $0.trouble != nil }
    }

    /// For people: a line for each session, what is excluded of it and what is wrong with it; then the sums.
    package var lines: [String] {
        var lines: [String] = []
        for session in sessions {
            let excluded = session.excluded.values.reduce(0, +)
            lines.append(
                "\(session.session_id)  \(counted(session.bytes, "byte")) = \(session.captured) captured + \(session.pending) pending + \(excluded) excluded"
                    + (session.missing > 0 ? " + \(session.missing) MISSING" : ""))
            for (reason, bytes) in session.excluded.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("    excluded \(bytes): \(reason)")
            }
            if session.vault.bytes > 0 { lines.append("    vault: \(session.vault.words)") }
            lines += session.troubles.map { "    trouble: \($0)" }
        }
        let captured = sessions.reduce(0) { $0 + $1.captured }, pending = sessions.reduce(0) { $0 + $1.pending }
        let missing = sessions.reduce(0) { $0 + $1.missing }
        if let repaired {
            lines += repaired.troubles.map { "not repaired: \($0)" }
            lines.append(
                "repaired: \(counted(repaired.bytes, "byte")) read again, \(counted(repaired.episodes, "episode"))")
        }
        lines.append(
            """
            \(counted(sessions.count, "session")): \(counted(captured, "byte")) captured, \(pending) pending, \(missing) missing; \
            \(counted(notes_waiting, "note")) wait\(notes_waiting == 1 ? "s" : ""), \(notes_corrupt) cannot be read
            """)
        lines.append("vault: \(vault.words)")
        return lines
    }
}

extension Balance.Kept {
    /// `120 bytes = 100 kept + 0 pending + 20 excluded (20 marked as private)`.
    fileprivate var words: String {
        let reasons = excluded.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
        return
            "\(counted(bytes, "byte")) = \(kept) kept + \(pending) pending + \(excluded.values.reduce(0, +)) excluded"
            + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
    }
}

extension Workplace {
    /// Accounts for every byte of transcripts.
    /// - Parameter session: only this one and its sub-agents; nil for all.
    /// - Parameter repairing: whether to read again what is missing.
    /// - Throws: `Failure` where it has no transcript.
    package func balance(ofSession session: String?, repairing: Bool = false) throws -> Balance {
        let transcripts = HostTranscripts(settings: settings)
        let files = transcripts.files.filter { session == nil || $0.session?.rawValue == session }
        let unreachable = session == nil ? transcripts.unreachable.map(Account.init) : []
        if let session, files.isEmpty {
            throw Failure(.no, "no transcript of session \(session); see 'holdfast sessions list'")
        }
        let spool = Spool(folder: settings.state.spool)
        let accounts = try accounts(of: files)
        let others = Account.ofReportedAnswers(in: spool, session: session) + unreachable
        let kept = try vaultAccounts(of: files)
        guard repairing else { return Balance(accounts + others, spool, kept: kept) }
        let mended = try mend(accounts, of: files)
        return Balance(mended.accounts + others, spool, mended.outcome, kept: kept)
    }
}
