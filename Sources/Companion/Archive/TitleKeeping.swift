internal import Archive
internal import Domain
internal import Logging
internal import Platform
internal import Settings
internal import Storage

/// Keeps the titles of memories where hooks find them, by what the archive holds, while they are to be shown.
actor TitleKeeping {
    private let folder: RecallFolder
    private let settings: LiveSettings
    private let handle: ArchiveHandle
    private let logger: Logger
    /// When all were written; nil where what stands there may be another archive's, or old.
    private var written: ContinuousClock.Instant?
    private var complaint = ""

    init(settings: LiveSettings, handle: ArchiveHandle, logger: Logger) {
        folder = RecallFolder(settings.atStart.state)
        self.settings = settings
        self.handle = handle
        self.logger = logger
    }

    /// Memories whose titles are kept. Keys come without end, and each has a file.
    private static let limit = 5000
    /// All are written anew so often, which takes away what is older than the latest.
    private static let interval: Duration = .seconds(24 * 3600)

    /// Somebody else may have written the archive.
    func distrust() { written = nil }

    /// Sees to it that what changed since the last call is there; nothing where titles are not to be shown.
    func keep() async throws(ArchiveError) {
        guard settings.current.configuration.recallCharacters > 0 else {
            written = nil
            if folder.exists { folder.remove() }
            return
        }
        let folder = folder, now = ContinuousClock().now
        let known = written.flatMap { now - $0 < Self.interval ? $0 : nil }
        written = nil
        let outcome = try await handle.use { archive throws(ArchiveError) in
            let changes = known == nil ? nil : try archive.changedTitles()
            let all = changes == nil ? try archive.latestTitles(Self.limit) : []
            return Result { () throws(FileError) in
                guard let changes else { return try folder.replace(with: all) }
                try folder.take(changes)
            }.map { changes == nil ? now : known }
        }
        switch outcome {
        case .success(let time):
            written = time
            complaint = ""
        case .failure(let error):
            // None is better than one that is gone. All are written at the next call.
            folder.remove()
            if complaint != "\(error)" { logger.error("titles of memories are not kept for fresh sessions: \(error)") }
            complaint = "\(error)"
        }
    }
}
