internal import Chronicle
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Redis
internal import SecondCopy
internal import Settings
internal import Storage
internal import Synchronization
internal import Transcripts

/// Mends what an audit found, each from the next source that is whole: transcript, vault, archive, Redis, checkpoint, second
/// copy. What none of them has is lost, and said to be.
struct AuditRepair {
    let workplace: Workplace

    var settings: Settings { workplace.settings }
    var host: String { workplace.host }

    func run(_ report: inout AuditReport) async throws {
        // What cannot be mended now keeps nothing else from it.
        await attempt("small files", &report) { report in try await mendSmall(&report) }
        // Before transcripts are read anew: what comes back cut as it was keeps its memory. Of an archive that is made anew
        // nothing is asked before it is.
        let isBroken = report.findings.contains { $0.kind == .archive_damaged || $0.kind == .archive_missing }
        if !isBroken { await attempt("episodes", &report) { report in try await mendEpisodes(&report) } }
        await attempt("the archive", &report) { report in try await mendArchive(&report) }
        await attempt("what Redis names", &report) { report in try mendReferences(&report) }
        await attempt("the vault", &report) { report in try await mendSegments(&report) }
        if isBroken { await attempt("episodes", &report) { report in try await mendEpisodes(&report) } }
        await attempt("checkpoints", &report) { report in try mendCheckpoints(&report) }
        try update(&report, [.chronicle_damaged]) { finding in
            let file = settings.state.chronicle
            // Whoever has said that it is begun anew may be about to: opening it does what is left of that.
            if Chronicle.begunAnew(file) == nil { try Chronicle.beginAnew(file) } else { _ = try Chronicle.open(file) }
            Chronicle.noteHeard(file)
            // What it told of is elsewhere; what it said of it is in the file that was moved aside.
            return finding.mended(from: "nothing: it is begun anew")
        }
    }

    private func attempt(
        _ what: String, _ report: inout AuditReport, _ body: (inout AuditReport) async throws -> Void
    ) async {
        do { try await body(&report) } catch { report.unseen.append("\(what) cannot be mended now: \(error)") }
    }

    func update(
        _ report: inout AuditReport, _ kinds: Set<Finding.Kind>, _ body: (Finding) throws -> Finding
    ) rethrows {
        for index in report.findings.indices where kinds.contains(report.findings[index].kind) {
            report.findings[index] = try body(report.findings[index])
        }
    }

    /// What is small; what says what is forgotten has a second copy, too.
    private func mendSmall(_ report: inout AuditReport) async throws {
        var connection: RedisConnection? = try workplace.connect(.companion)
        try SmallRepair(settings: settings, host: host).run(
            &report, over: &connection, now: HostClock.wallMilliseconds)
        let folder = "forgotten/"
        func isLeft(_ finding: Finding) -> Bool { finding.outcome == .found && finding.thing.hasPrefix(folder) }
        let wanted = Set(report.findings.filter(isLeft).map { String($0.thing.dropFirst(folder.count)) })
        guard !wanted.isEmpty else { return }
        let state = settings.state, came = Mutex(Set<String>())
        let reason = await CopyFetch.run(settings, host: host) { item in
            item.item.kind == .tombstone && wanted.contains(item.item.name)
        } use: { fetched in
            guard let session = SessionID(rawValue: fetched.item.name),
                let tombstone = Tombstone(of: session, text: try Files.read(fetched.path, limit: 1 << 28))
            else { return }
            Files.remove("\(state.forgotten)/\(session)")
            try Tombstones(state).add(tombstone)
            came.withLock { _ = $0.insert(fetched.item.name) }
        }
        if let reason { report.unseen.append("the second copy: \(reason)") }
        let names = came.withLock { $0 }
        update(&report, [.file_damaged, .file_missing]) { finding in
            guard isLeft(finding), names.contains(String(finding.thing.dropFirst(folder.count))) else { return finding }
            return finding.mended(from: "second copy")
        }
    }

    /// What becomes of a finding that no source has mended: lost, unless one of them could not be asked, or the companion has
    /// not taken in yet what was handed to it.
    func unmended(_ finding: Finding, in report: AuditReport) -> Finding {
        let imports = (try? Files.names(in: settings.state.imports)) ?? []
        let isOpen =
            !report.unseen.isEmpty || Files.exists(settings.state.suspects) || ArchiveFill.isAsked(settings.state)
            || imports.contains { $0.hasSuffix(".jsonl") }
        return isOpen ? finding : finding.with(.lost)
    }

    static let patience: Duration = .seconds(60)

    func awaitArchive() throws {
        var connection = try workplace.connect(.companion)
        let waiting = workplace.queue.unarchivedCount
        try wait(until: { try connection.ask(waiting) == 0 })
    }

    /// For what the companion does; where none runs, nobody is waited for.
    func wait(until isDone: () throws -> Bool) throws {
        let starter = CompanionStarter(settings: settings), watch = Stopwatch(limit: Self.patience)
        while try !isDone(), !watch.isOver, starter.isCompanionRunning { usleep(50_000) }
    }

    // MARK: - Checkpoints

    private func mendCheckpoints(_ report: inout AuditReport) throws {
        let kinds: Set<Finding.Kind> = [.block_damaged, .block_missing, .checkpoint_damaged]
        guard report.findings.contains(where: { kinds.contains($0.kind) }) else { return }
        try CheckpointStore(settings.state).removeDamaged()
        let made = try workplace.makeCheckpoint().id
        update(&report, kinds) { $0.mended(from: "a new checkpoint, \(made)") }
    }
}
