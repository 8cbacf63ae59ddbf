package import Archive
internal import Capture
internal import Domain
package import Platform
package import Redis
internal import SecondCopy
package import Settings
internal import Storage
internal import Synchronization
internal import Transcripts

/// Fills an archive that was made anew from what else has parts of it: the vault's transcripts that their client has no
/// more, checkpoints, the second copy. What is there already is not added twice.
package struct ArchiveFill: Sendable {
    private let settings: Settings
    private let host: String

    package init(settings: Settings, host: String) {
        self.settings = settings
        self.host = host
    }

    // MARK: - What is to be done

    /// Has the companion do it.
    package static func ask(_ state: StateFolder) throws(FileError) {
        try Files.write("", to: state.fill, isSynced: true)
    }

    package static func isAsked(_ state: StateFolder) -> Bool { Files.exists(state.fill) }

    /// What came of it: the sources from which anything came.
    /// - Parameter trouble: why the second copy could not be asked; nil where it could, or there is none.
    package static func done(_ sources: [String], trouble: String?, _ state: StateFolder) throws(FileError) {
        if let trouble {
            try Files.write(trouble, to: state.fill + ".trouble")
        } else {
            Files.remove(state.fill + ".trouble")
        }
        try Files.write(sources.joined(separator: "\n"), to: state.fill + ".done")
        Files.remove(state.fill)
    }

    package static func trouble(_ state: StateFolder) -> String? { try? Files.read(state.fill + ".trouble") }

    package static func outcome(_ state: StateFolder) -> [String] {
        ((try? Files.read(state.fill + ".done")) ?? "").split(separator: "\n").map(String.init)
    }

    // MARK: - Sources

    /// - Parameter archive: of what it holds whole nothing is captured again.
    /// - Returns: how many transcripts of the vault were captured anew.
    package func fromVault(for archive: any ArchiveReading, over connection: inout RedisConnection) throws -> Int {
        let queue = EpisodeQueue(keys: settings.poolKeys(host: host)), sources = TranscriptSources.standard
        return try VaultedTranscripts(settings: settings, host: host).each { path in
            let files = FileID.all(of: path, host: host, settings.state)
            let spans = try archive.heldSpans(of: files).values.flatMap { $0 }
            guard !spans.isEmpty else { return true }
            // Of one that is held in part the rest is in the vault alone. Without a cursor nobody knows how much there was.
            let cursor = try connection.ask(queue.cursor(of: FileID(host: host, path: path)))
            return !spans.filter { $0.generation == cursor.generation }.map(\.bytes).cover(0..<cursor.offset)
        } _: { settings, path in
            let file = sources.source(of: path).file(named: path)
            guard let origin = try EpisodeOrigin.find(for: file, settings: settings, host: host, over: &connection)
            else { return false }
            _ = try connection.ask(queue.forgettingCursor(of: FileID(host: host, path: path)))
            var job = TranscriptCapture.Job(
                request: CaptureRequest(
                    path: path, configDirectory: file.configDirectory, agentID: file.agentID), origin: origin)
            job.isTrusted = true
            switch try TranscriptCapture(settings: settings, host: host).run(job, over: &connection) {
            case .captured(let episodes, _): return episodes > 0
            case .full: throw IntegrityError.unavailable(reason: "the queue is full")
            default: return false
            }
        }
    }

    /// Leaves what a checkpoint's archive has and this one has not for who writes it.
    /// - Returns: how many episodes.
    package func from(checkpoint: String, for archive: any ArchiveReading) throws -> Int {
        let left = try LeftExport(settings.state)
        defer { left.discard() }
        let given = try CheckpointStore(settings.state).export(of: checkpoint) { ids in
            Set(try ids.filter { try archive.show($0) == nil })
        } _: {
            try left.add(line: $0)
        }
        if !given.isEmpty { try left.leave() }
        return given.count
    }

    /// The same with all that the second copy tells of archives.
    /// - Returns: how many files, and why there are no more.
    package func fromCopy() async -> (files: Int, trouble: String?) {
        let state = settings.state, count = Mutex(0)
        let trouble = await CopyFetch.run(settings, host: host) {
            $0.item.kind == .archive
        } use: { fetched in
            let export = try Files.bytes(fetched.path, limit: 1 << 30)
            guard !export.isEmpty else { return }
            let left = try LeftExport(state)
            try left.add(export)
            try left.leave()
            count.withLock { $0 += 1 }
        }
        return (count.withLock { $0 }, trouble)
    }
}
