internal import Domain
internal import Platform
internal import Settings
internal import Transcripts
internal import Vault

/// What is kept of transcripts byte for byte, and what capturers have handed over for that.
struct VaultStep: ForgettingStep {
    let settings: Settings
    let host: String

    let place = "the vault"

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        guard let vault = try vault() else { return finding }
        guard let text = search.wish.text else {
            for session in search.sessions {
                finding.count("files", try vault.session(session)?.files.count ?? 0)
            }
            return finding
        }
        try vault.forEachLine { session, _, line in
            guard text.occurs(in: Array(line)) else { return }
            finding.count("lines")
            // What has no name is known by what it is; a message by its name, and other places find that.
            let uuid = PayloadScanner.strings(of: Array(line), named: ["uuid"])?["uuid"] ?? ""
            finding.know(uuid.isEmpty ? Exclusions.identity(ofLine: line) : uuid, at: "", of: session)
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        // Nobody can say what stands in parts that cannot be read.
        Intake(settings.state).removeRefused()
        guard let vault = try vault() else { return }
        guard let text = search.wish.text else { return try vault.forget(search.sessions) }
        try vault.forgetLines { text.occurs(in: Array($0)) }
    }

    /// With all that waits for it: what is there can be looked through.
    private func vault() throws -> Vault? {
        let intake = Intake(settings.state)
        let isWaiting = try !intake.names().isEmpty
        guard let vault = isWaiting ? try Vault.open(settings) : try Vault.openIfThere(settings) else { return nil }
        if isWaiting {
            _ = try SessionKeeper(vault: vault, state: settings.state, host: host)
                .takeIn(isHurried: true, now: HostClock.wallMilliseconds)
        }
        return vault
    }
}
