internal import Capture
internal import Domain
internal import Settings
internal import Storage
package import Transcripts
package import Vault

extension Workplace {
    /// What of transcripts is in the vault, in their order: every byte is kept, pending, or excluded for a reason.
    package func vaultAccounts(of files: [TranscriptFile]) throws -> [VaultAccount] {
        let vault = try Vault.openIfThere(settings)
        let rules = try settings.trackingRules()
        var connection = try connect()
        return try files.map { file in
            let source = TranscriptSources.standard.source(of: file)
            guard let session = file.session ?? SessionID(rawValue: source.head(of: file.path).sessionID) else {
                return excluding(file, "it names no session")
            }
            var account = try account(of: file, session, in: vault)
            guard account.pending > 0 else { return account }
            if let work = source.ownWork(in: file) {
                account.excludeRest(work.reason)
            } else if try Exclusions(of: session, isSubagent: file.agentID != nil, state: settings.state).isForgotten {
                account.excludeRest(Tombstone.reason)
            } else if try !file.isRecordable(rules, settings: settings, host: host, over: &connection) {
                account.excludeRest("not to be recorded")
            } else if !settings.configuration.vault.isOn {
                account.excludeRest("vault.enabled is false")
            }
            return account
        }
    }

    private func account(
        of file: TranscriptFile, _ session: SessionID, in vault: Vault?
    ) throws(VaultError) -> VaultAccount {
        do throws(VaultError) {
            let name = SessionFile.name(of: file.path, in: session)
            return try vault?.account(of: session, name: name, path: file.path) ?? VaultAccount(bytes: file.size)
        } catch .rejected, .unavailable {
            // The ledger says of it that it cannot be read.
            return VaultAccount(bytes: file.size)
        }
    }

    private func excluding(_ file: TranscriptFile, _ reason: String) -> VaultAccount {
        var account = VaultAccount(bytes: file.size)
        account.excludeRest(reason)
        return account
    }
}
