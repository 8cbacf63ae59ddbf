internal import Archive
internal import Capture
internal import Domain
internal import Glibc
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts
internal import Vault

/// An archive that is damaged or gone, or lacks what it had: made anew where it must be, and filled from all that has parts
/// of it.
extension AuditRepair {
    func mendArchive(_ report: inout AuditReport) async throws {
        try mendMark(&report)
        let kinds: Set<Finding.Kind> = [
            .archive_damaged, .archive_missing, .episode_missing, .words_missing, .session_without_artefact,
        ]
        let found = report.findings.filter { kinds.contains($0.kind) && $0.outcome == .found }
        guard !found.isEmpty else { return }
        let state = settings.state
        if found.contains(where: { $0.kind == .archive_damaged || $0.kind == .archive_missing }) {
            // Who writes the archive looks at all of it, and moves one that is not sound aside.
            try Files.write("", to: state.suspects, isSynced: true)
            var connection = try workplace.connect(.companion)
            try connection.wakeDrains(of: workplace.queue)
            try wait(until: isArchiveSound)
            guard isArchiveSound() else { return }
        }
        let sessions = Set(
            found.filter { $0.kind == .session_without_artefact }.compactMap { SessionID(rawValue: $0.session) })
        if !sessions.isEmpty, let reason = try await fetchSessions(sessions) {
            report.unseen.append("the second copy: \(reason)")
        }
        if found.contains(where: { $0.kind == .words_missing }) {
            try recapture()
            try awaitArchive()
        }
        try ArchiveFill.ask(state)
        try wait(until: { !ArchiveFill.isAsked(state) })
        guard !ArchiveFill.isAsked(state) else { return }
        let sources = ArchiveFill.outcome(state).joined(separator: ", ")
        guard let archive = try workplace.archiveStore.openToRead() else { return }
        // The companion asks the second copy for it, and says in what it did whether it could.
        if let trouble = ArchiveFill.trouble(state) { report.unseen.append("the second copy: \(trouble)") }
        let seen = report
        try update(&report, kinds) { finding in
            guard finding.outcome == .found else { return finding }
            switch finding.kind {
            case .archive_damaged, .archive_missing:
                return finding.mended(from: "transcript, Redis\(sources.isEmpty ? "" : ", ")\(sources)")
            case .episode_missing:
                let left = try MissingEpisodes(CheckpointStore(state)).count(of: finding.thing, in: archive)
                return left == 0 ? finding.mended(from: sources) : finding
            case .words_missing:
                if Files.exists(finding.thing) {
                    let files = HostTranscripts(settings: settings).files.filter { $0.path == finding.thing }
                    let left = try workplace.accounts(of: files).reduce(0) { $0 + $1.missing }
                    return left == 0 ? finding.mended(from: "transcript") : finding
                }
                var connection = try workplace.connect(.companion)
                let cursor = try connection.ask(workplace.queue.cursor(of: FileID(host: host, path: finding.thing)))
                let files = FileID.all(of: finding.thing, host: host, state)
                let isHeld = try cursor.offset > 0 && archive.covers(cursor, of: files)
                return isHeld
                    ? finding.mended(from: sources.isEmpty ? "Redis" : sources) : unmended(finding, in: seen)
            default:
                guard let session = SessionID(rawValue: finding.session) else { return finding }
                if try Vault.openIfThere(settings)?.session(session) != nil {
                    return finding.mended(from: "second copy")
                }
                let isSaid = try !archive.episodes(ofSession: session.rawValue, limit: 1).isEmpty
                return isSaid ? finding.mended(from: sources) : unmended(finding, in: seen)
            }
        }
    }

    /// Which archive stands there says the archive itself.
    private func mendMark(_ report: inout AuditReport) throws {
        try update(&report, [.mark_damaged]) { finding in
            guard let archive = try workplace.archiveStore.openToRead() else { return finding }
            try workplace.archiveStore.mark(as: archive.id)
            return finding.mended(from: "archive")
        }
    }

    private func isArchiveSound() -> Bool {
        guard !Files.exists(settings.state.suspects), !workplace.archiveStore.needsRebuilding,
            let archive = (try? workplace.archiveStore.openToRead()) ?? nil
        else { return false }
        return (try? archive.check()) != nil && (try? archive.checkSearch()) != nil
    }
}
