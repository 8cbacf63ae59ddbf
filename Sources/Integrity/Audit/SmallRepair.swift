internal import Domain
internal import Platform
package import Redis
package import Settings
internal import Storage
internal import Transcripts

/// Mends at once what is small and has a source at hand: names in an index, the mirror of bindings, what says what is
/// forgotten or was not to be recorded.
package struct SmallRepair {
    private let settings: Settings
    private let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    package func run(
        _ report: inout AuditReport, over connection: inout RedisConnection?, now: Int64
    ) throws {
        let kept = SmallFile.latest(settings)
        for index in report.findings.indices where report.findings[index].outcome == .found {
            let finding = report.findings[index]
            let source: String? =
                switch finding.kind {
                case .session_without_index, .binding_without_index: try addName(finding, &connection, now)
                case .binding_missing: try giveBack(finding, &connection)
                case .file_damaged, .file_missing: try write(finding, kept, &connection)
                default: nil
                }
            if let source { report.findings[index] = finding.mended(from: source) }
        }
    }

    private func addName(
        _ finding: Finding, _ connection: inout RedisConnection?, _ now: Int64
    ) throws -> String? {
        let kind: BrokenReference.Kind =
            finding.kind == .session_without_index ? .sessionWithoutIndex : .bindingWithoutIndex
        let reference = BrokenReference(kind, finding.thing, session: SessionID(rawValue: finding.session))
        guard try connection?.index(reference, in: SessionRegistry(keys: settings.keys), now: now) != nil else {
            return nil
        }
        return "Redis"
    }

    /// A key's binding, as this host's mirror has it.
    private func giveBack(
        _ finding: Finding, _ connection: inout RedisConnection?
    ) throws -> String? {
        let key = try DispatchKey(finding.thing)
        guard let binding = BindingMirror(folder: settings.state.bindings).binding(of: key) else { return nil }
        let age = settings.configuration.ages.milliseconds(for: key), registry = SessionRegistry(keys: settings.keys)
        return try tellAgain(binding, registry, age, &connection) ? "mirror" : nil
    }

    /// Tells of a session as of when it was used last: what was bound, dropped or cleared since wins.
    /// - Returns: whether its key resumes it.
    private func tellAgain(
        _ binding: Binding, _ registry: SessionRegistry, _ age: Int64, _ connection: inout RedisConnection?
    ) throws -> Bool {
        // Of that boot nothing is known, and times are compared. It may be open still: that it ended is not said.
        let moment = Moment(wallMilliseconds: binding.lastUsedMilliseconds, bootID: "", bootMilliseconds: 0)
        var news = SessionNews(
            .worked, of: binding.sessionID, key: binding.dispatchKey, at: moment, host: binding.host,
            maxSessionAgeMilliseconds: age)
        (news.configDirectory, news.cwd) = (binding.configDirectory, binding.cwd)
        (news.transcriptPath, news.transcript) = (binding.transcriptPath, .found)
        let standing = try connection?.run(registry.telling(news, at: HostClock.now()))
        return standing?.bound == binding.sessionID
    }

    private func write(
        _ finding: Finding, _ kept: [SmallFile], _ connection: inout RedisConnection?
    ) throws -> String? {
        if finding.thing.hasPrefix("bindings/"), try mirror(finding.thing, &connection) { return "Redis" }
        guard let file = kept.first(where: { $0.path == finding.thing }), SmallFileAudit.isSound(file) else {
            return nil
        }
        let path = file.place(settings)
        let text = SmallFileAudit.mended(file, try? Files.read(path, limit: 4 << 20))
        if file.path.hasPrefix("forgotten/"), let session = SessionID(rawValue: finding.session),
            let tombstone = Tombstone(of: session, text: text)
        {
            // What one that says something says beside that stays forgotten, too.
            if (try? Tombstones(settings.state).tombstone(of: session)) == nil { Files.remove(path) }
            try Tombstones(settings.state).add(tombstone)
            return "checkpoint"
        }
        try Files.write(text, to: path, isSynced: true)
        return "checkpoint"
    }

    /// - Returns: false where no key has that file.
    private func mirror(_ path: String, _ connection: inout RedisConnection?) throws -> Bool {
        let mirror = BindingMirror(folder: settings.state.bindings)
        guard let bound = try connection?.boundKeys(SessionRegistry(keys: settings.keys)) else { return false }
        for (key, record) in bound where "bindings/\(mirror.name(of: key))" == path {
            guard let session = record.sessionID, let used = record.lastUsedMilliseconds else { return false }
            try mirror.save(
                Binding(
                    dispatchKey: key, sessionID: session, lastUsedMilliseconds: used, host: record.host,
                    configDirectory: record.configDirectory, cwd: record.cwd,
                    transcriptPath: record.transcriptPath))
            return true
        }
        // Of a key that has none any more nothing is mirrored.
        Files.remove("\(settings.state.path)/\(path)")
        return true
    }
}
