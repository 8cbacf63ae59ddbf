internal import Archive
internal import Domain
internal import Integrity
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// Names that lead nowhere.
extension AuditRepair {
    func mendReferences(_ report: inout AuditReport) throws {
        let queueKinds: Set<Finding.Kind> = [.member_without_episode, .episode_without_set]
        let indexKinds: Set<Finding.Kind> = [.member_without_session, .member_without_binding]
        var connection = try workplace.connect(.companion)
        if report.findings.contains(where: { queueKinds.contains($0.kind) }) {
            _ = try connection.reconcile(workplace.queue)
            let archive = try workplace.archiveStore.openToRead()
            try update(&report, queueKinds) { finding in
                let id = EpisodeID(rawValue: String(finding.thing.prefix(32)))
                let isArchived = try id.map { try archive?.show($0) != nil } ?? false
                // What is in no archive is captured again: no episode holds its bytes any more.
                return finding.mended(
                    from: finding.kind == .episode_without_set ? "Redis" : isArchived ? "archive" : "transcript")
            }
            try recapture()
        }
        let registry = workplace.registry
        try update(&report, indexKinds.union([.binding_without_session])) { finding in
            if let source = try giveBack(finding, over: &connection) { return finding.mended(from: source) }
            // Another finding may have brought it back.
            if finding.kind != .member_without_binding, let session = SessionID(rawValue: finding.session),
                try connection.ask(registry.exists(session))
            {
                return finding.mended(from: "checkpoint")
            }
            switch finding.kind {
            case .member_without_session:
                try connection.forget(BrokenReference(.memberWithoutSession, finding.thing), in: registry)
                return finding.mended(from: "index")
            case .member_without_binding:
                try connection.forget(BrokenReference(.memberWithoutBinding, finding.thing), in: registry)
                return finding.mended(from: "index")
            default:
                // Its transcript is there: what was known of it beside that is told again by its next hook.
                guard let session = SessionID(rawValue: finding.session),
                    let binding = BindingMirror(folder: settings.state.bindings).binding(
                        of: try DispatchKey(finding.thing)), binding.sessionID == session,
                    Files.exists(binding.transcriptPath)
                else { return finding.with(.lost) }
                workplace.tell(
                    of: session, binding.dispatchKey, binding.configDirectory, binding.cwd, .found,
                    binding.transcriptPath, outcome: .whole)
                return try connection.ask(registry.exists(session)) ? finding.mended(from: "transcript") : finding
            }
        }
        update(&report, [.conversation_without_session]) { $0.with(.orphan) }
    }

    /// The record of a session, or a key's binding, from the latest checkpoint that has it.
    private func giveBack(_ finding: Finding, over connection: inout RedisConnection) throws -> String? {
        let store = CheckpointStore(settings.state), now = HostClock.wallMilliseconds
        let wanted: RedisKey
        if finding.kind == .member_without_binding {
            wanted = settings.keys.binding(try DispatchKey(finding.thing))
        } else if let session = SessionID(rawValue: finding.session) {
            wanted = settings.keys.session(session)
        } else {
            return nil
        }
        for id in try store.ids() {
            // One that is damaged is another finding.
            guard let checkpoint = try? store.checkpoint(id), let part = checkpoint.redis,
                let key = try? store.dumpedKey(wanted, in: part.file)
            else { continue }
            guard try connection.giveBack(key, in: settings.keys, now: now) != .stays else { continue }
            // Its name may have gone from the index meanwhile.
            let reference =
                finding.kind == .member_without_binding
                ? BrokenReference(.bindingWithoutIndex, finding.thing)
                : BrokenReference(
                    .sessionWithoutIndex, finding.session, session: SessionID(rawValue: finding.session))
            try connection.index(reference, in: workplace.registry, now: now)
            return "checkpoint \(id)"
        }
        return nil
    }
}
