package import Domain
internal import Platform
package import Settings
package import Transcripts

/// Keeps what lies on disk of sessions: transcripts, those of sub-agents, and what else is beside them.
package struct SessionKeeper: Sendable {
    private let vault: Vault
    private let state: StateFolder
    private let host: String
    private let sources: TranscriptSources

    /// What nothing was added to for so long is complete for now, ms: what is kept together is compressed together.
    package static let rest: Int64 = 60_000

    package init(vault: Vault, state: StateFolder, host: String, sources: TranscriptSources = .standard) {
        self.vault = vault
        self.state = state
        self.host = host
        self.sources = sources
    }

    /// What came of a look at a session.
    package struct Kept: Sendable, Equatable {
        /// Bytes that were taken in now.
        package var bytes: Int64 = 0
        /// Files of which something waits, because it is being written.
        package var waiting = 0

        package static func += (one: inout Kept, other: Kept) {
            one.bytes += other.bytes
            one.waiting += other.waiting
        }
    }

    /// Keeps a transcript with what lies beside it.
    /// - Parameters:
    ///   - isHurried: takes in what is still being written, too.
    ///   - place: where the session was when a capturer looked last; nil where none did.
    ///   - now: ms since 1970.
    package func keep(
        _ file: TranscriptFile, isHurried: Bool = false, place: Intake.Part.Place? = nil, now: Int64
    ) throws(VaultError) -> Kept {
        let source = sources.source(of: file)
        let head = source.head(of: file.path)
        guard let session = file.session ?? SessionID(rawValue: head.sessionID) else { return Kept() }
        var kept = Kept(), failure: VaultError?
        // Looked for once, and only where something is kept.
        lazy var here = place ?? source.whereabouts(of: file.path)
        let whereabouts = { here }
        if file.agentID == nil {
            let own = source.sessionFiles(of: file.path)
            for part in own.files {
                let path = own.folder + "/" + part.name
                let request = request(session, part.name, path, file, now)
                do throws(VaultError) {
                    kept += try keep(request, source, at: whereabouts, part.modifiedMilliseconds, isHurried)
                } catch {
                    // One that cannot be kept keeps no other from it; one that is gone meanwhile is no trouble.
                    if Files.exists(path) { failure = failure ?? error }
                }
            }
        } else {
            let name = SessionFile.name(of: file.path, in: session)
            let request = request(session, name, file.path, file, now)
            kept += try keep(request, source, at: whereabouts, file.modifiedMilliseconds, isHurried)
        }
        if let failure { throw failure }
        return kept
    }

    // MARK: - What capturers kept

    /// Takes in what capturers kept: from the transcript, where that is still what it was, else as it was kept.
    /// - Parameters:
    ///   - session: whose; nil for all.
    ///   - isHurried: does not wait until a transcript is at rest.
    /// - Returns: what came of it; `waiting` counts parts that stay.
    package func takeIn(
        of session: SessionID? = nil, isHurried: Bool = false, now: Int64
    ) throws(VaultError) -> Kept {
        let intake = Intake(state)
        intake.recover()
        let names = try disk { () throws(FileError) in try intake.names() }
        var kept = Kept(), failure: VaultError?
        var parts: [String: [Intake.Found]] = [:]
        for name in names {
            let head: Intake.Part
            do throws(FileError) {
                guard let found = try intake.head(name) else {
                    intake.refuse(name)
                    continue
                }
                head = found
            } catch {
                failure = failure ?? VaultError(error)
                continue
            }
            guard session == nil || head.session == session?.rawValue else { continue }
            parts[head.path, default: []].append((name, head))
        }
        for (path, parts) in parts.sorted(by: { $0.key < $1.key }) {
            do throws(VaultError) {
                kept += try takeIn(parts, of: path, intake, isHurried, now)
            } catch {
                // Those of other transcripts do not wait for these.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return kept
    }

    private func takeIn(
        _ parts: [Intake.Found], of path: String, _ intake: Intake, _ isHurried: Bool, _ now: Int64
    ) throws(VaultError) -> Kept {
        var kept = Kept()
        guard let head = parts.first?.head else { return kept }
        let source = sources.source(of: path)
        var file = source.file(path, in: head.configDirectory) ?? source.file(named: path)
        file.configDirectory = head.configDirectory
        let open = try? source.open(path, in: head.configDirectory.isEmpty ? nil : head.configDirectory)
        if open != nil {
            let place = parts.last { $0.head.place != nil }?.head.place
            kept = try keep(file, isHurried: isHurried, place: place, now: now)
            // What is still being written goes with the rest of it.
            if kept.waiting > 0 { return Kept(bytes: kept.bytes, waiting: parts.count) }
        }
        for (name, head) in Intake.chained(parts) {
            if !isCovered(head, by: open) {
                guard let part = try disk({ () throws(FileError) in try intake.part(name) }),
                    SessionID(rawValue: part.part.session) != nil
                else {
                    intake.refuse(name)
                    continue
                }
                kept.bytes += try vault.take(part.part, now: now) { () throws(VaultError) in
                    try rest(of: part.part, part.bytes, source)
                }
            }
            intake.remove(name)
        }
        return kept
    }

    /// What of a part may be kept still: a person may have wanted it forgotten since the capturer kept it.
    /// - Returns: nil where nothing of its session is to be.
    private func rest(
        of part: Intake.Part, _ bytes: [UInt8], _ source: any TranscriptSource
    ) throws(VaultError) -> KeptBytes? {
        guard let session = SessionID(rawValue: part.session) else { return nil }
        var exclusions = try disk { () throws(FileError) in
            try Exclusions(forgottenOf: session, state: state, sources: sources)
        }
        if source.isTranscript(part.name), try vault.hasForgotten(session, part.name) { exclusions.heedCopies() }
        guard !exclusions.isForgotten else { return nil }
        return KeptBytes(bytes: bytes, cuts: part.cuts)
            .remaining(of: part.name, part.from..<part.to, by: source, exclusions)
    }

    /// Whether the transcript that was just kept has the part where it was.
    private func isCovered(_ part: Intake.Part, by open: (any Transcript)?) -> Bool {
        guard let open, let cursor = try? open.cursor(at: part.to, generation: 0), let end = try? open.end() else {
            return false
        }
        return end >= part.to && cursor.tailHash == part.tail
    }

    // MARK: - Files

    private func request(
        _ session: SessionID, _ name: String, _ path: String, _ file: TranscriptFile, _ now: Int64
    ) -> KeepRequest {
        KeepRequest(
            session: session, name: name, path: path, configDirectory: file.configDirectory, host: host,
            isOfLines: sources.source(of: file).isTranscript(name), isAtRest: false, nowMilliseconds: now)
    }

    private func keep(
        _ given: KeepRequest, _ source: any TranscriptSource, at whereabouts: () -> Intake.Part.Place,
        _ modified: Int64, _ isHurried: Bool
    ) throws(VaultError) -> Kept {
        guard let look = FileLook(given.path) else { return Kept() }
        let before = try vault.seen(given.path).flatMap(FileLook.init(mark:))
        if before == look { return Kept() }
        var request = given
        // A time to come, as a clock that was put back leaves, tells nothing.
        request.isAtRest = abs(request.nowMilliseconds - modified) >= Self.rest
        let isLarge = look.size - (before?.size ?? 0) >= Vault.segmentSize
        guard request.isAtRest || isHurried || isLarge else { return Kept(waiting: 1) }
        let place = whereabouts()
        (request.cwd, request.branch, request.commit) = (place.cwd, place.branch, place.commit)
        let wanted = request
        let outcome = try vault.keep(wanted) { () throws(VaultError) -> Vault.Filter? in
            var exclusions = try exclusions(of: wanted, source)
            guard !exclusions.isForgotten else { return nil }
            if wanted.isOfLines, try vault.hasForgotten(wanted.session, wanted.name) { exclusions.heedCopies() }
            let isFileForgotten = exclusions.isForgotten(file: wanted.name)
            return { bytes, position in
                if isFileForgotten {
                    return KeptBytes.nothing(of: position..<position + Int64(bytes.count), Tombstone.reason)
                }
                return wanted.isOfLines
                    ? source.kept(bytes, at: position, &exclusions)
                    : KeptBytes.of(bytes, at: position, written: modified, &exclusions)
            }
        }
        guard let outcome else { return Kept() }
        guard outcome.end == outcome.size else { return Kept(bytes: outcome.taken, waiting: 1) }
        try vault.noteSeen(wanted, outcome.generation, mark: look.mark)
        return Kept(bytes: outcome.taken)
    }

    private func exclusions(of request: KeepRequest, _ source: any TranscriptSource) throws(VaultError) -> Exclusions {
        let isOwn = request.isOfLines && !request.name.utf8.contains(UInt8(ascii: "/"))
        return try disk { () throws(FileError) in
            try Exclusions(of: request.session, isSubagent: !isOwn, state: state, sources: sources)
        }
    }
}
