package import Archive
package import Logging
internal import Storage

/// The companion's archive: opened when it is needed, moved aside when it is damaged. SQLite waits for the disk, so the
/// actor has a queue of its own.
package actor ArchiveKeeper {
    private let executor = BlockingExecutor(label: "holdfast.archive")
    package nonisolated let path: String
    private let logger: Logger
    private var archive: Archive?
    /// Where a damaged file went that is still to be read for its memories.
    private var damaged: String?
    /// The file was made anew: what Redis and transcripts have is to be recorded again.
    package private(set) var needsRebuilding = false

    package init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens the archive unless it is open.
    /// - Parameters:
    ///   - id: what Redis knows this pool's archive by: a file that is made now gets it. nil where Redis knows none.
    ///   - mayMove: whether a damaged file may be moved aside, as only the owner may.
    /// - Returns: the archive's id.
    package func open(id: String?, mayMove: Bool = false) throws(ArchiveError) -> String {
        if let archive { return archive.id }
        do throws(ArchiveError) {
            let isNew = !Files.exists(path)
            let opened = try Archive.open(path: path, id: id)
            try opened.quickCheck()
            archive = opened
            // Redis knows a file that is not here: somebody deleted it, or its disk is new.
            if isNew, id != nil { needsRebuilding = true }
        } catch {
            guard mayMove, case .corrupt(let reason) = error else { throw error }
            moveAside(reason)
            let opened = try Archive.open(path: path, id: id)
            archive = opened
            needsRebuilding = true
        }
        guard let archive else { throw .unavailable(reason: "it is not open") }
        if let damaged {
            let saved = try Archive.salvageMemories(
                from: damaged, into: archive, nowMilliseconds: HostClock.wallMilliseconds)
            logger.notice(
                "memories read from the damaged archive",
                metadata: ["stored": "\(saved.stored)", "unreadable": "\(saved.unreadable)"])
            self.damaged = nil
        }
        return archive.id
    }

    package var isOpen: Bool { archive != nil }

    /// Works on the archive; closed, or found to be damaged, it throws and is opened anew by its owner.
    package func use<Answer: Sendable>(
        _ work: @Sendable (Archive) throws(ArchiveError) -> Answer
    ) throws(ArchiveError) -> Answer {
        guard let archive else { throw .unavailable(reason: "it is not open yet") }
        do throws(ArchiveError) {
            return try work(archive)
        } catch {
            if case .corrupt = error { self.archive = nil }
            throw error
        }
    }

    package func wasRebuilt() { needsRebuilding = false }

    private func moveAside(_ reason: String) {
        let name = "\(path).corrupt-\(HostClock.wallMilliseconds)"
        for suffix in ["", "-wal", "-shm"] where Files.exists(path + suffix) {
            _ = Files.rename(path + suffix, to: name + suffix)
        }
        damaged = name
        logger.error(
            "the archive is damaged; it is moved aside and made anew from Redis and transcripts",
            metadata: ["reason": "\(reason)", "moved_to": "\(name)"])
    }
}
