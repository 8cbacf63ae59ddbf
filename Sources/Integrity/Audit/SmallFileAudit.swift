internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// Whether the small files of the state folder say something, and are there: what keys have while Redis is away, what is
/// forgotten, what was not to be recorded.
struct SmallFileAudit {
    let settings: Settings
    let host: String

    func run(_ report: inout AuditReport, over connection: inout RedisConnection?) throws {
        let there = SmallFile.all(settings).filter { $0.folder == .state }
        report.looked("small files", there.count)
        for file in there where !Self.isSound(file) {
            report.findings.append(Finding(.file_damaged, file.path, "it says nothing", session: Self.session(file)))
        }
        let names = Set(there.map(\.path)), kept = SmallFile.latest(settings)
        for file in there where Self.isSound(file) {
            guard let before = kept.first(where: { $0.path == file.path }), !Self.goesOn(file, from: before) else {
                continue
            }
            report.findings.append(
                Finding(
                    .file_damaged, file.path, "it does not say what a checkpoint has of it",
                    session: Self.session(file)))
        }
        for file in kept where !names.contains(file.path) && isMissed(file) {
            report.findings.append(
                Finding(.file_missing, file.path, "a checkpoint has it", session: Self.session(file)))
        }
        guard connection != nil else { return }
        try bindings(&report, &connection)
    }

    /// Whether a file says what such a file says.
    static func isSound(_ file: SmallFile) -> Bool {
        let name = name(file)
        switch file.path.prefix(while: { $0 != "/" }) {
        case "bindings": return (try? JSONValue(parsing: file.text).decode(Binding.self)) != nil
        case "forgotten": return SessionID(rawValue: name).map { Tombstone(of: $0, text: file.text) != nil } ?? true
        case "gaps": return SessionID(rawValue: name) == nil || RecordingGaps.isSound(file.text)
        case "tracking.json": return (try? JSONValue(parsing: file.text)) != nil
        default: return true
        }
    }

    /// Whether all that a file said is in it still: of what is forgotten, or was not to be recorded, nothing is taken back.
    private static func goesOn(_ file: SmallFile, from before: SmallFile) -> Bool {
        switch file.path.prefix(while: { $0 != "/" }) {
        case "gaps": return file.text.hasPrefix(before.text)
        case "forgotten":
            guard let session = SessionID(rawValue: name(file)),
                let now = Tombstone(of: session, text: file.text), let then = Tombstone(of: session, text: before.text)
            else { return true }
            var both = now
            both.formUnion(then)
            return both == now
        default: return true
        }
    }

    /// As a checkpoint has it, with what was added since and says something.
    static func mended(_ file: SmallFile, _ now: String?) -> String {
        guard let now, file.path.hasPrefix("gaps/") else { return file.text }
        let lines = file.text.split(separator: "\n").count
        let added = now.split(separator: "\n").dropFirst(lines).filter { RecordingGaps.isSound(String($0)) }
        return file.text + added.map { $0 + "\n" }.joined()
    }

    private static func name(_ file: SmallFile) -> String { String(file.path.drop { $0 != "/" }.dropFirst()) }

    private static func session(_ file: SmallFile) -> String {
        SessionID(rawValue: name(file)).map(\.rawValue) ?? ""
    }

    /// What is forgotten stays forgotten; what was not to be recorded counts while its transcript may be read. The mirror
    /// is held against Redis.
    private func isMissed(_ file: SmallFile) -> Bool {
        switch file.path.prefix(while: { $0 != "/" }) {
        case "forgotten": true
        case "gaps": SessionID(rawValue: Self.name(file)).map { !isForgotten($0) } ?? false
        case "tracking.json": true
        default: false
        }
    }

    private func isForgotten(_ session: SessionID) -> Bool {
        (try? Tombstones(settings.state).isWhole(session)) ?? true
    }

    // MARK: - Mirror and Redis

    /// Whether the mirror's binding is of another session than Redis has for the key, used later.
    private func isLater(_ binding: Binding, than bound: BindingRecord?) -> Bool {
        guard let bound else { return true }
        return bound.sessionID != binding.sessionID
            && binding.lastUsedMilliseconds > bound.lastUsedMilliseconds ?? .max
    }

    /// Whether a key should have the binding that the mirror has.
    /// - Parameters:
    ///   - record: of its session. A Redis without one has lost it: another server became master before it got it.
    ///   - isBound: it has another one, which may have been chosen knowing of this.
    private func isMissed(_ binding: Binding, as record: SessionRecord?, isBound: Bool) -> Bool {
        guard let record else { return !isForgotten(binding.sessionID) && Files.exists(binding.transcriptPath) }
        guard !isBound else { return false }
        return record.dispatchKey == binding.dispatchKey && record.droppedMilliseconds == nil && record.failedAt == nil
    }

    private func bindings(_ report: inout AuditReport, _ connection: inout RedisConnection?) throws {
        let mirror = BindingMirror(folder: settings.state.bindings)
        let registry = SessionRegistry(keys: settings.keys), now = HostClock.wallMilliseconds
        for binding in mirror.all {
            let key = binding.dispatchKey
            report.looked("bindings of the mirror", 1)
            let age = settings.configuration.ages.milliseconds(for: key)
            guard !binding.isExpired(atMilliseconds: now, maxAgeMilliseconds: age),
                let bound = try connection?.ask(registry.bindings([key])).first, isLater(binding, than: bound),
                try connection?.isCleared(binding, registry) == false,
                isMissed(
                    binding, as: try connection?.ask(registry.session(binding.sessionID)), isBound: bound != nil)
            else { continue }
            report.findings.append(
                Finding(
                    .binding_missing, key.rawValue, "this host's mirror has it: session \(binding.sessionID)",
                    session: binding.sessionID.rawValue))
        }
        guard let bound = try connection?.boundKeys(registry) else { return }
        for (key, binding) in bound where binding.host == host {
            if let mirrored = mirror.binding(of: key) {
                // Of one session, and of one moment, both say the same; either may have heard of a later use first.
                let isOfOne = mirrored.sessionID == binding.sessionID
                let isSame =
                    isOfOne
                    ? mirrored.host == binding.host && mirrored.configDirectory == binding.configDirectory
                        && mirrored.transcriptPath == binding.transcriptPath
                    : mirrored.lastUsedMilliseconds != binding.lastUsedMilliseconds
                if !isSame {
                    report.findings.append(
                        Finding(
                            .file_damaged, "bindings/\(mirror.name(of: key))", "Redis says something else of \(key)"))
                }
                continue
            }
            let age = settings.configuration.ages.milliseconds(for: key)
            guard binding.sessionID != nil, now - (binding.lastUsedMilliseconds ?? 0) < age else { continue }
            let path = "bindings/\(mirror.name(of: key))"
            // One that cannot be read is told above.
            if report.findings.contains(where: { $0.kind == .file_damaged && $0.thing == path }) { continue }
            report.findings.append(Finding(.file_missing, path, "of \(key)"))
        }
    }
}
