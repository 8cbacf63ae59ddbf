internal import Archive
internal import Capture
internal import Chronicle
internal import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
internal import Transcripts
internal import Vault

/// Looks whether all that is kept is as it should be: names lead somewhere, files are there; a deep one reads every byte
/// against its sum. It changes nothing but marks of damage.
package struct Audit: Sendable {
    let settings: Settings
    let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    /// - Parameters:
    ///   - connection: nil where Redis is away.
    ///   - isDeep: reads all bytes of archive, vault and checkpoints.
    package func run(over connection: inout RedisConnection?, isDeep: Bool) -> AuditReport {
        let watch = Stopwatch()
        var report = AuditReport(isDeep: isDeep, began: HostClock.wallMilliseconds)
        if connection != nil {
            see("Redis", &report) { report in try references(&report, &connection) }
        } else {
            report.unseen.append("what Redis names: it is away")
        }
        see("small files", &report) { report in
            try SmallFileAudit(settings: settings, host: host).run(&report, over: &connection)
        }
        see("the archive", &report) { report in try archive(&report, isDeep: isDeep) }
        if isDeep, connection != nil {
            see("transcripts", &report) { report in try ledger(&report, &connection) }
        }
        see("the vault", &report) { report in
            do {
                try vault(&report, isDeep: isDeep)
            } catch VaultError.damaged(segment: VaultError.index, let reason) {
                // Whoever opens it next makes it anew from the packs.
                report.findings.append(Finding(.vault_damaged, settings.state.vault, reason))
            }
        }
        see("the checkpoints", &report) { report in try checkpoints(&report, isDeep: isDeep) }
        see("the chronicle", &report) { report in try chronicle(&report, isDeep: isDeep) }
        report.took_ms = Int64(watch.elapsed / .milliseconds(1))
        return report
    }

    /// What cannot be looked at keeps nothing else from being looked at.
    private func see(_ what: String, _ report: inout AuditReport, _ body: (inout AuditReport) throws -> Void) {
        do { try body(&report) } catch { report.unseen.append("\(what): \(error)") }
    }

    // MARK: - References

    private func references(_ report: inout AuditReport, _ connection: inout RedisConnection?) throws {
        let registry = SessionRegistry(keys: settings.keys)
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host))
        guard let queued = try connection?.brokenReferences(of: queue),
            let known = try connection?.brokenReferences(of: registry)
        else { return }
        report.looked("names in the queue", queued.looked)
        report.looked("names in the registry", known.looked)
        report.findings += (queued.broken + known.broken).map(Self.finding)
        try artefacts(&report, &connection, registry)
        try cursors(&report, &connection, queue)
    }

    /// nil where there is none, or none that can be read: that is another finding.
    var readableArchive: (any ArchiveReading)? {
        (try? ArchiveStores.at(settings.archivePath(host: host)).openToRead()) ?? nil
    }

    private static func finding(_ reference: BrokenReference) -> Finding {
        let kind: Finding.Kind =
            switch reference.kind {
            case .memberWithoutEpisode: .member_without_episode
            case .episodeWithoutSet: .episode_without_set
            case .memberWithoutSession: .member_without_session
            case .memberWithoutBinding: .member_without_binding
            case .bindingWithoutSession: .binding_without_session
            case .conversationWithoutSession: .conversation_without_session
            case .sessionWithoutIndex: .session_without_index
            case .bindingWithoutIndex: .binding_without_index
            }
        let finding = Finding(
            kind, reference.thing, reference.session.map { "session \($0)" } ?? "",
            session: reference.session?.rawValue ?? "")
        // It expires by itself.
        return kind == .conversation_without_session ? finding.with(.orphan) : finding
    }

    /// A session that a key has is to come back: from its transcript, from the vault, or by the archive's words.
    private func artefacts(
        _ report: inout AuditReport, _ connection: inout RedisConnection?, _ registry: SessionRegistry
    ) throws {
        guard let bound = try connection?.boundSessions(registry) else { return }
        let vault = try Vault.openIfThere(settings)
        let archive = readableArchive
        for id in bound.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let record = try connection?.ask(registry.session(id)), record.host == host else { continue }
            report.looked("sessions that keys have", 1)
            if Files.exists(record.transcriptPath) { continue }
            if try vault?.session(id) != nil || vault?.isAway(id) == true { continue }
            if try archive?.episodes(ofSession: id.rawValue, limit: 1).isEmpty == false { continue }
            report.findings.append(
                Finding(
                    .session_without_artefact, id.rawValue,
                    "neither \(record.transcriptPath), vault nor archive has it", session: id.rawValue))
        }
    }

    /// Whether what the archive lacks is missing: where another host of the pool has it, nobody here can say what it holds.
    func isArchiveHere(_ connection: inout RedisConnection?, _ queue: EpisodeQueue) throws -> Bool {
        let owner = (try connection?.ask(queue.archiveOwner) ?? nil).map { String($0.prefix { $0 != ":" }) }
        return owner.map { $0 == host } ?? true
    }

    /// A cursor of a file that is gone is left over, where the archive has all that it was of.
    private func cursors(
        _ report: inout AuditReport, _ connection: inout RedisConnection?, _ queue: EpisodeQueue
    ) throws {
        guard try isArchiveHere(&connection, queue) else { return }
        let archive = readableArchive
        var position: String?
        repeat {
            guard let page = try connection?.walkCursors(queue, from: position) else { return }
            position = page.next
            report.looked("cursors", page.cursors.count)
            let gone = page.cursors.filter {
                $0.file == FileID(host: host, path: $0.path) && !Files.exists($0.path)
            }
            // Asked after the cursors, and only for such as the archive does not have.
            var waiting: [FileID: [HeldSpan]]?
            for cursor in gone {
                let files = FileID.all(of: cursor.path, host: host, settings.state)
                var isWitnessed = try archive?.covers(cursor.cursor, of: files) ?? false
                if !isWitnessed {
                    // What waits in Redis goes to the archive meanwhile: that is asked once more, after it.
                    if waiting == nil { waiting = try connection?.heldSpans(queue) }
                    isWitnessed = try archive?.covers(cursor.cursor, of: files, waiting: waiting ?? [:]) ?? false
                }
                report.findings.append(
                    isWitnessed
                        ? Finding(.cursor_without_file, cursor.path, Finding.isArchived).with(.orphan)
                        : Finding(.words_missing, cursor.path, "not all that was captured of it is in the archive"))
            }
        } while position != nil
    }
}
