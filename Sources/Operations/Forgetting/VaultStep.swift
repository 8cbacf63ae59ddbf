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
        for session in search.sessions {
            finding.count("files", try vault.session(session)?.files.count ?? 0)
        }
        guard let isForgotten = Self.choice(of: search) else { return finding }
        try vault.forEachPassage { passage in
            guard !search.sessions.contains(passage.session), isForgotten(passage) else { return }
            finding.count(passage.isLine ? "lines" : "files beside transcripts")
            // Copies of another's are known by that one's tombstone.
            if search.wish.text != nil { know(passage, &finding) }
        }
        return finding
    }

    /// What has no name is known by what it is; a message by its name, and other places find that.
    private func know(_ passage: Passage, _ finding: inout ForgetFinding) {
        guard passage.isLine else {
            return finding.know(Exclusions.identity(ofFile: passage.name), at: "", of: passage.session)
        }
        let message = NamedMessage(line: passage.bytes)
        // One that is no plain name could say words.
        let isNamed = SessionID(rawValue: message.uuid) != nil
        finding.know(
            isNamed ? message.uuid : Exclusions.identity(ofLine: passage.bytes[...]), at: message.at,
            of: passage.session)
    }

    func remove(_ search: ForgetSearch) throws {
        guard let vault = try vault() else { return }
        try vault.forget(search.sessions, Self.choice(of: search))
    }

    /// Which passages go, of whatever session: what holds the text, or copies of messages that are forgotten, as forks have them.
    /// - Returns: nil where none does.
    private static func choice(of search: ForgetSearch) -> ((Passage) -> Bool)? {
        if let text = search.wish.text { return { text.occurs(in: $0.bytes) } }
        let messages = search.forgotten.messages
        guard !messages.isEmpty else { return nil }
        return { $0.isLine && messages.contains(NamedMessage(line: $0.bytes).uuid) }
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
