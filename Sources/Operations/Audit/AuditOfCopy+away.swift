internal import Domain
internal import Integrity
internal import Platform
internal import SecondCopy
internal import Settings
internal import Transcripts
internal import Vault

/// Sessions that were passed on: the copy is to have them, and this host to know of them.
extension AuditOfCopy {
    func awaySessions(_ sync: CopySync, _ report: inout AuditReport, isRepairing: Bool) async throws {
        let settings = workplace.settings, url = settings.configuration.remote.url
        let tier = VaultTier(vault: settings.state.vault), all = tier.passedOn
        let elsewhere = Set(all.map(\.session.url).filter { $0 != url })
        for other in elsewhere.sorted() {
            let count = all.count { $0.session.url == other }
            report.unseen.append("\(counted(count, "session")) passed on to \(other), which is not remote.url any more")
        }
        let held = try await sync.held(.vault, isNew: true)
        // What an entry told that cannot be read may be there all the same.
        guard await sync.isUnderstood else {
            if all.contains(where: { $0.session.url == url }) {
                report.unseen.append("sessions that were passed on: not all that the copy told can be read")
            }
            return
        }
        report.looked("sessions passed on", all.count)
        for (name, away) in all where away.url == url && held[item(name)] == nil {
            let finding = Finding(
                .away_missing, name, "the second copy has it no more", session: away.session.rawValue,
                bytes: away.keptBytes)
            report.findings.append(isRepairing ? try mended(finding, away.session) : finding)
            // It is here again, or nowhere; where the copy has it after all, the next audit finds it there.
            if isRepairing { tier.forget(name) }
        }
        let listed = Set(all.map(\.name)).union(tier.leavingNames)
        let removing = HostCopy(settings: settings, host: workplace.host).removing
        for (item, version) in held.sorted(by: { $0.key < $1.key }) where !removing.contains(item) {
            let name = String(item.name.split(separator: "/").last ?? "")
            guard item == self.item(name), !listed.contains(name), let session = VaultTier.session(of: name),
                try !Tombstones(settings.state).isWhole(session)
            else { continue }
            let finding = Finding(.away_unlisted, name, session: session.rawValue, bytes: version.bytes)
            if isRepairing {
                try tier.note(AwaySession(session, version, url: url, now: version.changedMilliseconds), name)
            }
            report.findings.append(isRepairing ? finding.mended(from: "second copy") : finding)
        }
    }

    private func item(_ name: String) -> ItemName { ItemName(.vault, "\(workplace.host)/\(name)") }

    /// It may be here again; or come from its transcript, where that is still there.
    private func mended(_ finding: Finding, _ session: SessionID) throws -> Finding {
        let settings = workplace.settings, vault = try Vault.open(settings)
        if try vault.session(session) != nil { return finding.mended(from: "vault") }
        let files = HostTranscripts(settings: settings).files
        guard let file = files.first(where: { $0.session == session && $0.agentID == nil }) else {
            return finding.with(.lost)
        }
        try vault.lookAgain(at: file.path)
        _ = try SessionKeeper(vault: vault, state: settings.state, host: workplace.host)
            .keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        return try vault.session(session) == nil ? finding.with(.lost) : finding.mended(from: "transcript")
    }
}
