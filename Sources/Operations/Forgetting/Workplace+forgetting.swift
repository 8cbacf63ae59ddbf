internal import Archive
package import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

extension Workplace {
    /// Removes what a person wants to be forgotten from everywhere, sees to it that nobody brings it back, and makes sure
    /// that it is gone. Interrupted, it goes on when it is run again.
    ///
    /// The tombstones are written first, then each place is cleared, then everything is searched.
    /// - Parameters:
    ///   - isDryRun: only says what there is.
    ///   - unseenAway: why what the second copy alone has was not looked through (`bringBack`).
    ///   - confirm: shown what there is; answers whether it is to go.
    /// - Returns: nil where it was not to go after all.
    /// - Throws: `Failure`, also where there is nothing.
    package func forget(
        _ wish: ForgetWish, isDryRun: Bool, unseenAway: String? = nil, confirm: (ForgetAnswer) throws -> Bool
    ) throws -> ForgetAnswer? {
        _ = try connectStarting()
        guard let turn = try FileLock.take(settings.state.locks + "/forget") else {
            throw Failure(.busy, "another 'holdfast forget' runs", remedy: "wait for it")
        }
        defer { withExtendedLifetime(turn) {} }
        var search = ForgetSearch(wish, sessions: try sessions(of: wish))
        search.unseenAway = unseenAway
        var found: [ForgetAnswer.Place] = [], transcripts: [String] = [], samples: [String] = [], wasSaid = false
        var damaged: Set<SessionID> = []
        for step in forgettingSteps {
            let finding = try step.find(search)
            if finding.holdsWords { wasSaid = true }
            search.add(finding)
            found += finding.counts.map { .init(place: step.place, what: $0.what, count: $0.count) }
            transcripts += finding.transcripts
            samples += finding.samples
            damaged.formUnion(finding.damaged)
        }
        var answer = ForgetAnswer(
            outcome: .found, sessions: search.tombstones.values.filter(\.isWhole).map(\.session.rawValue).sorted(),
            found: found, damaged_sessions: damaged.map(\.rawValue).sorted(), transcripts: transcripts)
        let tombstones = Tombstones(settings.state)
        let isBegun = try search.tombstones.keys.contains { try tombstones.tombstone(of: $0) != nil }
        guard !answer.isEmpty || isBegun else {
            throw Failure(
                .no, "nothing is recorded of that",
                remedy: (keyHint(wish) ?? "see 'holdfast sessions list' and 'memory search'")
                    + (damaged.isEmpty
                        ? ""
                        : "; damaged segments of the vault cannot be looked through, and 'holdfast vault prune --damaged' takes them out")
            )
        }
        if isDryRun { return answer }
        guard try confirm(answer) else { return nil }
        try checkArchiveOwner()
        try clear(&search)
        let proof = try prove(search, samples: samples, wasSaid: wasSaid || isBegun)
        answer.outcome = proof.remains.isEmpty && proof.unseen.isEmpty ? .forgotten : .unproven
        answer.proof = proof
        return answer
    }

    /// What is not a key, but an agent or nearly a key.
    private func keyHint(_ wish: ForgetWish) -> String? {
        guard case .key(let key) = wish else { return nil }
        // It is no more than a hint: where nobody can be asked, the sentence does without.
        let below = (try? names(of: .key, beginningWith: key.rawValue + "/")) ?? []
        guard below.isEmpty else {
            return "\(key) is an agent, whose keys are forgotten one by one: "
                + below.prefix(8).joined(separator: ", ") + (below.count > 8 ? ", …" : "")
        }
        return likelyKey(for: key.rawValue).map { "did you mean \($0)?" }
    }

    private var forgettingSteps: [any ForgettingStep] { [TranscriptStep(settings: settings)] + placesOfWords }

    /// Every place where words stand that are ours to remove. The archive comes after what it is asked about; the vault, whose
    /// copies of messages go, after the archive, which says whose they are; checkpoints, which are copies of all, last.
    var placesOfWords: [any ForgettingStep] {
        [
            RegistryStep(workplace: self), ToolStep(workplace: self), QueueStep(workplace: self),
            SpoolStep(settings: settings),
            FileStep(settings: settings, host: host), StoreStep(settings: settings), ArchiveStep(workplace: self),
            VaultStep(settings: settings, host: host), CheckpointStep(settings: settings),
            CopyStep(settings: settings, host: host),
        ]
    }

    /// What is said meanwhile may hold it too: all places are looked at again until none has any of it.
    private static let mostRounds = 5

    private func clear(_ search: inout ForgetSearch) throws {
        let tombstones = Tombstones(settings.state)
        for _ in 0..<Self.mostRounds {
            try withForgottenLock {
                for tombstone in search.tombstones.values { try tombstones.add(tombstone) }
                try ForgottenWishes.add(search.wish, at: HostClock.wallMilliseconds, to: settings.state)
            }
            for step in forgettingSteps { try step.remove(search) }
            var isClear = true
            for step in forgettingSteps {
                let finding = try step.find(search)
                search.add(finding)
                if !finding.isEmpty { isClear = false }
            }
            if isClear { return }
        }
    }

    /// - Returns: of a key every session that was ever recorded under it.
    private func sessions(of wish: ForgetWish) throws -> Set<SessionID> {
        switch wish {
        case .text: return []
        case .session(let session): return [session]
        case .key(let key):
            var sessions = try archiveStore.openToRead()?.sessions(under: key.rawValue) ?? []
            var connection = try connect(.companion)
            sessions.formUnion(try connection.sessions(under: key, registry))
            for pool in Set(try connection.pools(of: settings.keys) + [settings.pool(host: host)]) {
                sessions.formUnion(try connection.sessions(under: key, EpisodeQueue(keys: settings.keys.pool(pool))))
            }
            let spool = Spool(folder: settings.state.spool)
            for folder in [spool, spool.waiting, spool.history] {
                for note in folder.notes(limit: .max) where note.news.dispatchKey == key {
                    sessions.insert(note.news.sessionID)
                }
            }
            if let mirrored = BindingMirror(folder: settings.state.bindings).binding(of: key) {
                sessions.insert(mirrored.sessionID)
            }
            return sessions
        }
    }

    private func checkArchiveOwner() throws {
        guard try archiveStore.openToRead() != nil, try foreignArchiveOwner() == nil,
            !CompanionStarter(settings: settings).isCompanionRunning
        else { return }
        throw Failure(
            .no, "no companion runs, which alone writes the archive; nothing was removed", remedy: "run 'holdfast up'",
            category: .archive_unavailable)
    }
}
