internal import Domain
internal import Integrity
internal import Platform
internal import SecondCopy
internal import Settings
internal import Transcripts
internal import Vault

/// What the vault cannot read any more: from transcripts that are still there, then from the second copy's packs.
extension AuditRepair {
    func mendSegments(_ report: inout AuditReport) async throws {
        try await mendVault(&report)
        let kinds: Set<Finding.Kind> = [.segment_damaged, .pack_missing]
        guard report.findings.contains(where: { kinds.contains($0.kind) }), let vault = try Vault.openIfThere(settings)
        else { return }
        // Of a pack that is gone every segment is marked.
        _ = try vault.verify()
        let keeper = SessionKeeper(vault: vault, state: settings.state, host: host)
        let transcripts = HostTranscripts(settings: settings), now = HostClock.wallMilliseconds
        let damagedSessions = Set(try vault.damaged().compactMap(\.session))
        for file in transcripts.files where file.session.map(damagedSessions.contains) ?? false {
            _ = try keeper.keep(file, isHurried: true, now: now)
        }
        try mark(&report, kinds, in: vault, from: "transcript")
        if try !vault.damaged().isEmpty {
            if let reason = await fetchSegments(of: vault) { report.unseen.append("the second copy: \(reason)") }
            try mark(&report, kinds, in: vault, from: "second copy")
        }
        let seen = report
        update(&report, kinds) { $0.outcome == .found ? unmended($0, in: seen) : $0 }
        // What was read on the way may have shown that the index is wrong: it is made anew by now.
        let again = try Vault.open(settings)
        guard let reason = again.remade else { return }
        again.noteHeardOfRemaking()
        try VaultForgetting.run(settings)
        report.findings.append(Finding(.vault_damaged, settings.state.vault, reason).mended(from: "packs"))
    }

    private func mark(
        _ report: inout AuditReport, _ kinds: Set<Finding.Kind>, in vault: Vault, from source: String
    ) throws {
        let left = Set(try vault.damaged().map(\.segment))
        update(&report, kinds) { finding in
            guard finding.outcome == .found else { return finding }
            // Of a pack that is gone a segment may be nowhere else.
            let isLeft =
                finding.kind == .pack_missing
                ? left.contains { $0.hasPrefix(finding.thing) } : left.contains(finding.thing)
            return isLeft ? finding : finding.mended(from: source)
        }
    }

    /// An index that is not that of its packs is made anew by whoever opens the vault next; a vault that is gone is filled from
    /// transcripts, and from the second copy.
    private func mendVault(_ report: inout AuditReport) async throws {
        let isDamaged = report.findings.contains { $0.kind == .vault_damaged }
        let isMissing = report.findings.contains { $0.kind == .vault_missing }
        guard isDamaged || isMissing else { return }
        let vault = try Vault.open(settings)
        vault.noteHeardOfRemaking()
        // An index that is made anew names what lies in the packs, whenever that was written.
        if isDamaged { try VaultForgetting.run(settings) }
        update(&report, [.vault_damaged]) { $0.mended(from: "packs") }
        guard isMissing else { return }
        let keeper = SessionKeeper(vault: vault, state: settings.state, host: host)
        let now = HostClock.wallMilliseconds
        for file in HostTranscripts(settings: settings).files { _ = try keeper.keep(file, isHurried: true, now: now) }
        let reason = await fetchSegments(of: vault, wanting: { _ in true })
        if let reason { report.unseen.append("the second copy: \(reason)") }
        try VaultForgetting.run(settings)
        let isEmpty = try vault.isEmpty, seen = report
        update(&report, [.vault_missing]) {
            isEmpty ? unmended($0, in: seen) : $0.mended(from: "transcript, second copy")
        }
    }

    /// Sessions of which nothing is left here, from the second copy's packs.
    func fetchSessions(_ sessions: Set<SessionID>) async throws -> String? {
        await fetchSegments(of: try Vault.open(settings)) { sessions.contains($0) }
    }

    /// Pack after pack, until nothing is damaged any more, or all of them where sessions are wanted.
    private func fetchSegments(
        of vault: Vault, wanting isWanted: (@Sendable (SessionID) -> Bool)? = nil
    ) async -> String? {
        let host = host, tombstones = Tombstones(settings.state), state = settings.state
        let reason = await CopyFetch.run(settings, host: host) { item in
            guard item.item.kind == .vault, item.hosts.contains(host) else { return false }
            return isWanted != nil || (try? vault.damaged().isEmpty) == false
        } use: { fetched in
            let wish = Vault.Wish {
                isWanted?($0) ?? false
            } isForgotten: { session throws(VaultError) in
                // What cannot be asked is taken for forgotten, as is all while the copy still holds what is.
                if HostCopy.isForgetting(state) { return true }
                do throws(FileError) { return try tombstones.isWhole(session) } catch { return true }
            }
            _ = try vault.take(fromPacksIn: fetched.folder, wish)
        }
        // Of others single messages may be forgotten.
        do { try VaultForgetting.run(settings) } catch { return reason ?? "\(error)" }
        return reason
    }
}
