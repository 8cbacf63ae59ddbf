package import Domain
internal import Integrity
internal import Settings
internal import Vault

/// Sessions that came back from the second copy.
package struct FetchedSessions: Encodable, Sendable {
    package let session_ids: [String]
    /// Such as were wanted and did not come.
    package let missing: [String]
    /// Why the copy could not be read; nil where it was.
    @OrNull package var error: String?
}

extension Workplace {
    /// Brings sessions back into the vault that lie in the second copy alone.
    /// - Parameter names: of sessions; nil for all.
    /// - Throws: `Failure` where no second copy is set, or a name means no session.
    package func fetchKept(_ names: [String]?) async throws -> FetchedSessions {
        guard !settings.configuration.remote.url.isEmpty else {
            throw Failure(
                .configuration, "no second copy is set", remedy: "set remote.url in holdfast.json",
                category: .configuration)
        }
        let sessions = try names?.map { name in
            guard let id = try keptSession(name)?.session ?? SessionID(rawValue: name) else {
                throw Failure(
                    .usage, "\"\(name)\" is no session ID, and no key that has one",
                    remedy: "'holdfast vault list' shows them")
            }
            return id
        }
        let wanted = Set(try sessions ?? Vault.openIfThere(settings)?.away().map(\.session.session) ?? [])
        let (back, failure) = try await Promotion(settings: settings, host: host).fetch(sessions.map(Set.init))
        return FetchedSessions(
            session_ids: back.map(\.rawValue).sorted(), missing: wanted.subtracting(back).map(\.rawValue).sorted(),
            error: failure)
    }

    /// A session that is to be put back comes from the second copy where it lies there alone.
    /// - Throws: `Failure` where it does not come.
    package func fetchIfAway(_ session: SessionID) async throws {
        guard path(of: session) == nil, try Promotion(settings: settings, host: host).isAway(session) else { return }
        let fetched = try await fetchKept([session.rawValue])
        guard !fetched.session_ids.isEmpty else {
            throw Failure(
                .no,
                "session \(session) lies in the second copy alone, and did not come: \(fetched.error ?? "it is not there")",
                remedy: "see 'holdfast remote status --ask'", category: .failed)
        }
    }

    /// What the second copy has of what is to be forgotten comes back, so that it is forgotten here; its packs go from there.
    /// - Parameter isDryRun: nothing comes back.
    /// - Returns: why not all of that could be looked through; nil where all was, or there is nothing.
    package func bringBack(_ wish: ForgetWish, isDryRun: Bool) async throws -> String? {
        let passedOn = VaultTier(vault: settings.state.vault).passedOn
        guard !passedOn.isEmpty else { return nil }
        // Of sessions that go as a whole the packs go by their names; of copies in forks nobody knows before the archive is
        // asked which they are.
        guard let text = wish.text else {
            return
                "copies of its messages, as forks have them, were not looked for in \(counted(passedOn.count, "pack"))"
        }
        guard !isDryRun else { return "a dry run does not look through them" }
        return try await Promotion(settings: settings, host: host).fetch(holding: text.spellings)
    }
}
