internal import Archive
internal import Capture
internal import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import SecondCopy
internal import Settings
internal import Storage
internal import Synchronization
internal import Transcripts

/// Words and memories that are not what was stored.
extension AuditRepair {
    /// What is to be whole again, and from where what is so came.
    private struct Wanted {
        var words: Set<EpisodeID> = []
        var memories: Set<EpisodeID> = []
        var sourceOfWords: [EpisodeID: String] = [:]
        var sourceOfMemories: [EpisodeID: String] = [:]

        var isEmpty: Bool { words.isEmpty && memories.isEmpty }
        var all: Set<EpisodeID> { words.union(memories) }
    }

    func mendEpisodes(_ report: inout AuditReport) async throws {
        var wanted = Wanted()
        for finding in report.findings {
            guard let id = EpisodeID(rawValue: finding.thing) else { continue }
            if finding.kind == .episode_damaged { wanted.words.insert(id) }
            if finding.kind == .memory_damaged { wanted.memories.insert(id) }
        }
        guard !wanted.isEmpty else { return }
        try readAsItWasCut(&wanted)
        for checkpoint in try CheckpointStore(settings.state).ids() where !wanted.isEmpty {
            try take(&wanted, from: checkpoint)
        }
        if !wanted.isEmpty, let reason = try await takeFromCopy(&wanted) {
            report.unseen.append("the second copy: \(reason)")
        }
        if !wanted.words.isEmpty {
            try readAgain(&wanted)
            try layBack(&wanted)
        }
        let archive = try workplace.archiveStore.openToRead(), seen = report
        try update(&report, [.episode_damaged]) { finding in
            guard let id = EpisodeID(rawValue: finding.thing) else { return finding }
            if let source = wanted.sourceOfWords[id] { return finding.mended(from: source) }
            var lost = unmended(finding, in: seen)
            lost.bytes = try Int64(archive?.show(id)?.episode.bytes.count ?? 0)
            return lost
        }
        update(&report, [.memory_damaged]) { finding in
            guard let id = EpisodeID(rawValue: finding.thing) else { return finding }
            return wanted.sourceOfMemories[id].map(finding.mended(from:)) ?? unmended(finding, in: seen)
        }
    }

    /// Takes what is whole by now off the list.
    private func note(_ wanted: inout Wanted, _ source: (ArchivedEpisode) -> String) throws {
        guard let archive = try workplace.archiveStore.openToRead() else { return }
        for id in wanted.all {
            guard let found = try archive.show(id) else { continue }
            if wanted.words.contains(id),
                try found.damage.isEmpty && found.isSound || archive.isHeldOtherwise(id)
            {
                wanted.sourceOfWords[id] = source(found)
                wanted.words.remove(id)
            }
            if wanted.memories.contains(id), let memory = found.memory, !memory.isAltered {
                wanted.sourceOfMemories[id] = source(found)
                wanted.memories.remove(id)
            }
        }
    }

    // MARK: - Transcript, vault

    /// The same episodes again, from transcripts, and from the vault whatever those say by now.
    private func readAsItWasCut(_ wanted: inout Wanted) throws {
        let vaulted = VaultedTranscripts(settings: settings, host: host)
        let mending = Mending(settings: settings, host: host)
        for (source, lines) in [
            ("transcript", { episodes in try episodes.compactMap(mending.line(of:)) }),
            ("vault", { episodes in try vaulted.lines(of: episodes) }),
        ] as [(String, ([ArchivedEpisode]) throws -> [String])] {
            guard !wanted.words.isEmpty, let archive = try workplace.archiveStore.openToRead() else { return }
            let found = try lines(try wanted.words.compactMap { try archive.show($0) })
            guard !found.isEmpty else { continue }
            try workplace.handOver([try archive.exportHead] + found, patience: Self.patience)
            try note(&wanted) { _ in source }
        }
    }

    // MARK: - Transcript, Redis

    /// Who writes the archive marks them: what is marked holds nothing, and so is read again.
    private func readAgain(_ wanted: inout Wanted) throws {
        try Files.write(
            wanted.all.map { $0.rawValue + "\n" }.sorted().joined(), to: settings.state.suspects, isSynced: true)
        var connection = try workplace.connect(.companion)
        try connection.wakeDrains(of: workplace.queue)
        try wait(until: { !Files.exists(settings.state.suspects) })
        try recapture()
        try awaitArchive()
        try note(&wanted) { Files.exists($0.episode.sessionFile) ? "transcript" : "Redis" }
    }

    /// What no episode holds any more of transcripts that are there.
    func recapture() throws {
        let files = HostTranscripts(settings: settings).files
        _ = try workplace.mend(try workplace.accounts(of: files), of: files)
    }

    // MARK: - Vault

    private func layBack(_ wanted: inout Wanted) throws {
        guard !wanted.words.isEmpty, let archive = try workplace.archiveStore.openToRead() else { return }
        let sessions = Set(try wanted.words.compactMap { try archive.show($0)?.episode.sessionID })
        try VaultedTranscripts(settings: settings, host: host).each(of: sessions.compactMap(SessionID.init)) {
            settings, path in
            do {
                _ = try Workplace(settings: settings).capture(path)
                return true
            } catch is Failure {
                // Of one that may not be captured, or names no session, nothing was lost.
                return false
            }
        }
        try awaitArchive()
        try note(&wanted) { _ in "vault" }
    }

    // MARK: - Checkpoint, second copy

    private func take(_ wanted: inout Wanted, from checkpoint: String) throws {
        let all = wanted.all
        var lines: [String] = []
        // One that is damaged is another finding.
        _ = try? CheckpointStore(settings.state).export(of: checkpoint) {
            all.intersection($0)
        } _: {
            lines.append($0)
        }
        try workplace.handOver(lines, patience: Self.patience)
        try note(&wanted) { _ in "checkpoint \(checkpoint)" }
    }

    private func takeFromCopy(_ wanted: inout Wanted) async throws -> String? {
        let all = wanted.all, found = Mutex([String]())
        // What was told of them lies here still, most of the time.
        for path in HostCopy(settings: settings, host: host).changes.files {
            let lines = try ArchiveChanges.sound(all, in: path)
            found.withLock { $0 += lines }
        }
        try workplace.handOver(found.withLock { $0 }, patience: Self.patience)
        try note(&wanted) { _ in "second copy" }
        guard !wanted.isEmpty else { return nil }
        found.withLock { $0 = [] }
        let reason = await CopyFetch.run(settings, host: host) {
            $0.item.kind == .archive
        } use: { fetched in
            let lines = try ArchiveChanges.sound(all, in: fetched.path)
            found.withLock { $0 += lines }
        }
        try workplace.handOver(found.withLock { $0 }, patience: Self.patience)
        try note(&wanted) { _ in "second copy" }
        return reason
    }
}
