internal import Domain
internal import Integrity
internal import Platform
internal import Settings
internal import Transcripts
internal import Vault

/// What is kept of transcripts byte for byte, and what capturers have handed over for that.
struct VaultStep: ForgettingStep {
    let settings: Settings
    let host: String

    let place = "the vault"

    private var tier: VaultTier { VaultTier(vault: settings.state.vault) }

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        let packs = tier.passedOn.map(\.name) + tier.leavingNames
        finding.count(
            "packs for the second copy",
            packs.count { name in VaultTier.session(of: name).map(search.sessions.contains) ?? false })
        guard let vault = try vault() else { return finding }
        for session in search.sessions {
            guard let kept = try vault.session(session) else { continue }
            finding.count("files", kept.files.count)
            let segments = kept.transcript?.segments ?? []
            for index in stride(from: 0, to: segments.count, by: max(1, segments.count / 8)) {
                // What cannot be read goes whole, and nobody knows what it said: without pieces nothing is proven.
                let content = (try? vault.content(of: segments[index])) ?? []
                finding.samples += MessageSamples.of(content.split(separator: 10), most: 8)
            }
        }
        guard let isForgotten = try Self.choice(of: search, in: vault) else { return finding }
        var damaged: [SessionID] = []
        try vault.forEachPassage(
            { passage in
                guard !search.sessions.contains(passage.session), isForgotten(passage) else { return }
                finding.count(passage.isLine ? "lines" : "files beside transcripts")
                // Copies of another's are known by that one's tombstone.
                if search.wish.text != nil { know(passage, &finding) }
            }, unread: { if !search.sessions.contains($0) { damaged.append($0) } })
        finding.countDamaged(damaged)
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
        // Nobody can say what stands in parts that cannot be read.
        Intake(settings.state).removeRefused()
        if let vault = try vault() { try vault.forget(search.sessions, try Self.choice(of: search, in: vault)) }
        // After that, since a pack may be written meanwhile. What waits to be sent is written anew without what is to go.
        let names = search.sessions.flatMap(tier.remove) + tier.removeLeaving()
        try HostCopy(settings: settings, host: host).remove(names)
    }

    /// Which passages go, of whatever session: what holds the text, or copies of messages that are forgotten, as forks have them,
    /// and beside such what has no name, in which the client tells prompts again.
    /// - Returns: nil where none does.
    private static func choice(of search: ForgetSearch, in vault: Vault) throws -> ((Passage) -> Bool)? {
        if let text = search.wish.text { return { text.occurs(in: $0.bytes) } }
        let messages = search.forgotten.messages
        guard !messages.isEmpty else { return nil }
        func isCopy(_ passage: Passage) -> Bool {
            passage.isLine && messages.contains(NamedMessage(line: passage.bytes).uuid)
        }
        var files: Set<[String]> = []
        try vault.forEachPassage { if isCopy($0) { files.insert([$0.session.rawValue, $0.name]) } }
        return { passage in
            guard files.contains([passage.session.rawValue, passage.name]) else { return false }
            return isCopy(passage) || SessionID(rawValue: NamedMessage(line: passage.bytes).uuid) == nil
        }
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
