internal import Archive
internal import Capture
package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts
internal import Vault

extension Workplace {
    private func vault() throws -> Vault {
        guard let vault = try Vault.openIfThere(settings) else {
            throw Failure(
                .no, "there is no vault in \(settings.state.vault) yet",
                remedy: settings.configuration.vault.isOn
                    ? "the companion makes it when it keeps the first transcript; 'holdfast sync' keeps those of before"
                    : "set vault.enabled in holdfast.json")
        }
        return vault
    }

    private var tier: VaultTier { VaultTier(vault: settings.state.vault) }

    package func vaultStatus() throws -> VaultStatus {
        let vault = try Vault.openIfThere(settings)
        let counts = try vault?.counts() ?? VaultCounts()
        let safety = try vault?.safety(), away = try vault?.away() ?? []
        return VaultStatus(
            folder: settings.state.vault, enabled: settings.configuration.vault.isOn,
            encrypted: settings.configuration.vault.encrypts && counts.plainSegments == 0,
            encrypts: settings.configuration.vault.encrypts, encrypted_segments: counts.sealedSegments,
            encrypted_bytes: counts.sealedBytes, plain_segments: counts.plainSegments, plain_bytes: counts.plainBytes,
            sessions: counts.sessions, files: counts.files,
            segments: counts.segments, kept_bytes: counts.keptBytes, excluded_bytes: counts.cutBytes,
            stored_bytes: counts.packBytes, damaged_segments: counts.damagedSegments, away_sessions: away.count,
            away_bytes: away.reduce(0) { $0 + $1.session.keptBytes }, leaving_sessions: tier.leavingNames.count,
            waiting_parts: (try? Intake(settings.state).names().count) ?? 0,
            last_kept_at: Timestamp(orNever: counts.lastMilliseconds),
            transcripts: safety.map {
                .init(
                    safe: $0.safe, pending: $0.pending, endangered: $0.endangered, excluded: $0.excluded, old: $0.old,
                    looked_at: Timestamp($0.lookedMilliseconds))
            })
    }

    /// The sessions that were added to last, newest first.
    package func keptSessions(limit: Int) throws -> [KeptRow] {
        let vault = try vault()
        let here = try vault.sessions(limit: limit).compactMap { try vault.session($0).map(KeptRow.init) }
        let away = try vault.away().map { KeptRow($0.session, host: host) }
        return Array((here + away).sorted { $0.last_kept_at > $1.last_kept_at }.prefix(limit))
    }

    /// A session as a person names it: by its ID, by the first digits of it, or by a dispatch key that has or had it.
    package struct NamedSession: Sendable, Equatable {
        package let session: SessionID
        /// By which it was named.
        package let key: DispatchKey?
    }

    /// The session that is meant, where the vault has it or a key has it now; nil where neither is so.
    /// - Throws: `Failure` where several are meant.
    package func keptSession(_ name: String) throws -> NamedSession? {
        let vault = try Vault.openIfThere(settings), away = Set(try vault?.away().map(\.session.session) ?? [])
        func isKept(_ id: SessionID) throws -> Bool { try away.contains(id) || vault?.session(id) != nil }
        if let id = SessionID(rawValue: name), try isKept(id) { return NamedSession(session: id, key: nil) }
        if Self.isBeginning(name) {
            let here = try vault?.sessions(beginningWith: name) ?? []
            let found = Set(here).union(away.filter { $0.rawValue.hasPrefix(name) })
            if let id = try Self.only(found.sorted { $0.rawValue < $1.rawValue }, beginningWith: name) {
                return NamedSession(session: id, key: nil)
            }
        }
        // What is no ID and can be no key means nothing.
        guard let key = try? DispatchKey(name) else { return nil }
        if let bound = boundSession(of: key) { return NamedSession(session: bound, key: key) }
        let kept = try (archiveIfAny?.sessions(under: key.rawValue) ?? [])
            .filter(isKept).map(\.rawValue).sorted()
        guard kept.count < 2 else {
            throw Failure(
                .badInput, "\(key) has no session now, and had \(kept.count) that are in the vault",
                remedy: "give one: \(kept.prefix(8).joined(separator: ", "))\(kept.count > 8 ? ", …" : "")")
        }
        return kept.first.flatMap(SessionID.init).map { NamedSession(session: $0, key: key) }
    }

    /// As Redis has it; while that is away, as this host's mirror does.
    private func boundSession(of key: DispatchKey) -> SessionID? {
        do {
            var connection = try connect()
            let binding = try connection.ask(registry.binding(key))
            return binding?.sessionID ?? binding?.candidateID
        } catch {
            return BindingMirror(folder: settings.state.bindings).binding(of: key)?.sessionID
        }
    }

    private func kept(_ name: String, in vault: Vault) throws -> KeptSession {
        let named = try keptSession(name)
        guard let named, let kept = try vault.session(named.session) else {
            if let named, try vault.isAway(named.session) {
                throw Failure(
                    .no, "session \(named.session) lies in the second copy alone",
                    remedy: "'holdfast vault fetch \(named.session)' brings it back")
            }
            let id = named.map { $0.key == nil ? "" : " (\($0.session))" } ?? ""
            throw Failure(
                .no, "nothing of session \"\(name)\"\(id) is in the vault",
                remedy: "'holdfast vault list' says what is")
        }
        return kept
    }

    package func keptDetail(_ name: String) throws -> KeptDetail {
        let vault = try vault()
        return KeptDetail(try kept(name, in: vault))
    }

    /// Writes all that is kept of a session as a tar archive, compressed with zstd.
    package func exportKept(_ name: String, to write: @escaping ([UInt8]) throws -> Void) throws {
        let vault = try vault()
        try vault.export(try kept(name, in: vault)) { bytes throws(VaultError) in
            do {
                try write(bytes)
            } catch {
                throw .unavailable(reason: "the archive cannot be written: \(error)")
            }
        }
    }

    /// Takes in what an export wrote, here or elsewhere.
    /// - Parameter read: the next piece of it; empty at the end.
    package func importKept(from read: @escaping () throws -> [UInt8]) throws -> KeptImport {
        let vault = try Vault.open(settings), state = settings.state
        let imported = try vault.takeIn(
            { () throws(VaultError) in
                do {
                    return try read()
                } catch {
                    throw .unavailable(reason: "the archive cannot be read: \(error)")
                }
            }, now: HostClock.wallMilliseconds,
            without: { session throws(VaultError) in
                do throws(FileError) {
                    return try Exclusions(forgottenOf: session, state: state)
                } catch {
                    throw VaultError(error)
                }
            })
        return KeptImport(imported)
    }

    /// Reads all segments.
    /// - Parameter onProgress: told how many were read.
    package func verifyVault(onProgress: (Int) -> Void = { _ in }) throws -> VaultCheck {
        let vault = try vault()
        var check = SegmentCheck()
        repeat {
            check += try vault.verify(after: check.last, limit: 100)
            onProgress(check.checked)
        } while check.last != nil
        return VaultCheck(check)
    }

    /// Takes out what is older than `vault.keep_days`, and what is too much; with a second copy the latter goes there. Nothing of a session that a key has.
    package func pruneVault() throws -> PruneAnswer {
        var connection = try connectStarting()
        let now = HostClock.wallMilliseconds
        let bound = try BoundSessions(settings, over: &connection, now: now)
        let vault = try vault(), policy = settings.configuration.vault, remote = settings.configuration.remote
        if remote.isOn {
            let failure = try vault.promote(policy, now: now) { try bound.contain($0, over: &connection) }
            if let failure { throw failure }
        }
        let outcome = try vault.prune(policy.pruning(with: remote), now: now) {
            try bound.contain($0, over: &connection)
        }
        return PruneAnswer(outcome, leaving: tier.leavingNames.count)
    }

    /// Gives up the segments that nobody can read: why they are not kept stays known.
    package func pruneDamagedVault() throws -> PruneAnswer { PruneAnswer(try vault().pruneDamaged()) }

    /// Keeps transcripts of before, as far back as asked.
    /// - Parameters:
    ///   - since: how far back, such as `30d`.
    ///   - project: only sessions of this folder or below.
    ///   - onProgress: told how many were looked at, of how many.
    package func keepHistory(
        since: String, project: String?, onProgress: (Int, Int) -> Void = { _, _ in }
    ) throws -> (files: Int, bytes: Int64) {
        guard settings.configuration.vault.isOn else { return (0, 0) }
        let vault = try Vault.open(settings)
        let keeper = SessionKeeper(vault: vault, state: settings.state, host: host)
        var connection = try connectStarting()
        let rules = try settings.trackingRules()
        let now = HostClock.wallMilliseconds
        var bytes = try keeper.takeIn(isHurried: true, now: now).bytes
        let files = HistoryPlan.files(
            settings: settings, since: now - (try Period.milliseconds(since)),
            project: project.map { Files.realPath($0) ?? $0 })
        var count = 0
        for (index, file) in files.enumerated() {
            onProgress(index + 1, files.count)
            guard try !vault.isKept(file),
                try file.isRecordable(rules, settings: settings, host: host, over: &connection)
            else { continue }
            bytes += try keeper.keep(file, isHurried: true, now: now).bytes
            count += 1
        }
        return (count, bytes)
    }
}
