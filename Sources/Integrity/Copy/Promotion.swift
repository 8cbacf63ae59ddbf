package import Domain
internal import Glibc
internal import Platform
package import SecondCopy
package import Settings
internal import Synchronization
internal import Transcripts
internal import Vault

/// The last tier: what a vault that is nearly full passed on lies in the second copy alone, and comes back from there.
package struct Promotion: Sendable {
    private let settings: Settings
    private let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    private var tier: VaultTier { VaultTier(vault: settings.state.vault) }
    private var copy: HostCopy { HostCopy(settings: settings, host: host) }

    /// Whether sessions wait to be sent.
    package var isWaiting: Bool { !tier.leavingNames.isEmpty }

    /// Whether a session lies in the second copy, and not in the vault.
    package func isAway(_ session: SessionID) throws -> Bool {
        try Vault.openIfThere(settings)?.isAway(session) ?? false
    }

    /// Nothing leaves any more: what was packed for it is in the vault.
    package func giveUp() { _ = tier.removeLeaving() }

    /// Takes sessions out of the vault that the copy has by now: each is read back from there, and held against the vault,
    /// before it goes.
    /// - Parameter bound: those of `going` that a key has: they stay.
    /// - Returns: how many.
    package func finish(_ sync: CopySync, now: Int64, bound: Set<SessionID>) async throws -> Int {
        guard let vault = try Vault.openIfThere(settings) else { return 0 }
        let candidates = try await candidates(in: vault, sync, now, bound)
        guard !candidates.isEmpty else { return 0 }
        let gone = Mutex(0), refused = Mutex<[String]>([])
        let failure = await CopyFetch.run(settings, host: host) {
            candidates[$0.item] != nil
        } use: { fetched in
            guard let (name, away) = candidates[fetched.item] else { return }
            if try vault.leave(name, away, provenIn: fetched.folder) {
                gone.withLock { $0 += 1 }
            } else {
                refused.withLock { $0.append(name) }
            }
            Files.remove(VaultTier(vault: vault.folder).leavingFile(name))
        }
        // What was added to meanwhile leaves another time, as another pack.
        let stale = refused.withLock { $0 }.filter { name in !tier.passedOn.contains { $0.name == name } }
        try copy.remove(stale)
        if let failure { throw CopyError.unavailable(reason: failure) }
        let count = gone.withLock { $0 }
        if count > 0 { try vault.makeRoom() }
        return count
    }

    /// The sessions that may be about to leave.
    package func going() throws -> Set<SessionID> {
        guard let vault = try Vault.openIfThere(settings) else { return [] }
        let waiting = Set(tier.leavingNames.compactMap(VaultTier.session))
        guard try vault.isNearlyFull(settings.configuration.vault) else { return waiting }
        return waiting.union(try vault.returned().map(\.session.session))
    }

    private typealias Candidates = [ItemName: (name: String, away: AwaySession)]

    private func candidates(
        in vault: Vault, _ sync: CopySync, _ now: Int64, _ bound: Set<SessionID>
    ) async throws -> Candidates {
        let returned = try vault.isNearlyFull(settings.configuration.vault) ? vault.returned() : []
        let names = tier.leavingNames
        guard !names.isEmpty || !returned.isEmpty else { return [:] }
        let held = try await sync.held(.vault, isNew: true)
        var candidates: Candidates = [:]
        for name in names {
            guard let session = VaultTier.session(of: name) else { continue }
            guard !bound.contains(session) else {
                try copy.remove(tier.removeLeaving(of: session))
                continue
            }
            let item = ItemName(.vault, "\(host)/\(name)")
            guard let version = held[item], let status = try? Files.status(tier.leavingFile(name)),
                version.revision == HostCopy.revision(status), version.bytes == Int64(status.st_size)
            else { continue }
            candidates[item] = (name, AwaySession(session, version, url: settings.configuration.remote.url, now: now))
        }
        for (name, away) in returned where away.url == settings.configuration.remote.url {
            let item = ItemName(.vault, "\(host)/\(name)")
            if held[item] != nil, !bound.contains(away.session) { candidates[item] = (name, away) }
        }
        return candidates
    }

    /// Sessions come back into the vault. The copy has them still.
    /// - Parameter sessions: nil for all that lie in the copy alone.
    /// - Returns: which did, and why others could not.
    package func fetch(_ sessions: Set<SessionID>?) async throws -> (back: Set<SessionID>, failure: String?) {
        let vault = try Vault.open(settings)
        let away = try vault.away().filter { sessions?.contains($0.session.session) ?? true }
        let names = Set(away.map { ItemName(.vault, "\(host)/\($0.name)") })
        // What went before there were records of it, and what other hosts had, lies in packs of many.
        var others = (sessions ?? []).subtracting(away.map(\.session.session))
        for session in others where try vault.session(session) != nil { others.remove(session) }
        let wanted = others, state = settings.state
        guard !names.isEmpty || !wanted.isEmpty else { return (sessions ?? [], nil) }
        let failure = await CopyFetch.run(settings, host: host) { item in
            item.item.kind == .vault && (names.contains(item.item) || !wanted.isEmpty)
        } use: { fetched in
            let wish = Vault.Wish {
                wanted.contains($0) || names.contains(fetched.item)
            } isForgotten: { session throws(VaultError) in
                do throws(FileError) { return try Tombstones(state).isWhole(session) } catch { throw VaultError(error) }
            }
            _ = try vault.take(fromPacksIn: fetched.folder, wish)
        }
        try VaultForgetting.run(settings)
        var back: Set<SessionID> = []
        for session in sessions ?? Set(away.map(\.session.session)) where try vault.session(session) != nil {
            back.insert(session)
        }
        return (back, failure)
    }

    /// Brings back what holds any of some pieces of bytes, so that it is forgotten here; its packs go from the copy.
    /// - Returns: why not all could be looked through; nil where all was.
    package func fetch(holding pieces: [[UInt8]]) async throws -> String? {
        guard let vault = try Vault.openIfThere(settings) else { return nil }
        let records = tier.passedOn, tier = tier, copy = copy
        guard !records.isEmpty else { return nil }
        let names = Dictionary(uniqueKeysWithValues: records.map { (ItemName(.vault, "\(host)/\($0.name)"), $0.name) })
        let seen = Mutex(0)
        let failure = await CopyFetch.run(settings, host: host) {
            names[$0.item] != nil
        } use: { fetched in
            seen.withLock { $0 += 1 }
            guard let name = names[fetched.item], let session = VaultTier.session(of: name),
                try vault.holds(anyOf: pieces, inPacksOf: fetched.folder)
            else { return }
            _ = try vault.take(
                fromPacksIn: fetched.folder,
                Vault.Wish { _ in
                    true
                } isForgotten: { _ in
                    false
                })
            guard try vault.session(session) != nil else { return }
            tier.forget(name)
            try copy.remove([name])
        }
        let missing = records.count - seen.withLock { $0 }
        return failure ?? (missing > 0 ? "\(missing) of \(records.count) did not come" : nil)
    }
}

extension AwaySession {
    /// As the copy tells of it.
    package init(_ session: SessionID, _ version: ItemVersion, url: String, now: Int64) {
        self.init(
            session: session, url: url, bytes: version.bytes, digest: version.digest, revision: version.revision,
            parts: (version.parts ?? []).map { Part(object: $0.object, offset: $0.offset, length: $0.length) },
            changedMilliseconds: version.changedMilliseconds, leftMilliseconds: now)
    }
}
