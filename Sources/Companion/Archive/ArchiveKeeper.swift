package import Archive
package import Logging
internal import Platform
internal import Threads

/// The companion's archive: opened when it is needed, moved aside when it is damaged. SQLite waits for the disk, so the
/// actor has a thread of its own.
///
/// Two small files lie beside it. `<archive>.id` says that this host's archive once stood here, so that only its own
/// companions make it anew. `<archive>.rebuilding` stands from the making of a new file until Redis and transcripts are
/// recorded in it; it names the damaged file, if there is one, that is still to be read.
package actor ArchiveKeeper {
    private let executor = ThreadExecutor()
    package nonisolated let path: String
    private let logger: Logger
    private var archive: Archive?

    package init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private var idMark: String { path + ".id" }
    private var rebuildingMark: String { path + ".rebuilding" }

    /// Whether the file may be made here that Redis knows by this id.
    package func mayMake(_ id: String) -> Bool {
        Files.exists(path)
            || (try? Files.read(idMark, limit: 64))?.split(whereSeparator: \.isWhitespace).first ?? "" == id
    }

    /// Opens the archive unless it is open.
    /// - Parameters:
    ///   - id: what Redis knows this pool's archive by: a file that is made now gets it. nil where Redis knows none.
    ///   - mayMove: whether a damaged file may be moved aside, as only the owner may.
    /// - Returns: the archive's id.
    package func open(id: String?, mayMove: Bool = false) throws(ArchiveError) -> String {
        if let archive { return archive.id }
        do throws(ArchiveError) {
            // Redis knows a file that is not here: somebody deleted it, or its disk is new.
            if id != nil, !Files.exists(path) { try mark(damaged: "") }
            archive = try Archive.open(path: path, id: id)
            try archive?.quickCheck()
        } catch {
            archive = nil
            guard mayMove, case .corrupt(let reason) = error else { throw error }
            try mark(damaged: moveAside(reason))
            archive = try Archive.open(path: path, id: id)
        }
        guard let archive else { throw .unavailable(reason: "it is not open") }
        do throws(FileError) {
            try Files.write(archive.id, to: idMark)
        } catch {
            throw .unavailable(reason: "\(error)")
        }
        return archive.id
    }

    package var isOpen: Bool { archive != nil }

    /// Another companion has it now, and may move the file.
    package func close() { archive = nil }

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

    // MARK: - Rebuilding

    /// The file was made anew: what Redis and transcripts have is to be recorded again.
    package var needsRebuilding: Bool { Files.exists(rebuildingMark) }

    /// Reads what can be read of the damaged file into the new one.
    package func salvage() throws(ArchiveError) {
        let damaged = ((try? Files.read(rebuildingMark, limit: 8192)) ?? "").split(separator: "\n").first.map(
            String.init)
        guard let damaged, !damaged.isEmpty, Files.exists(damaged) else { return }
        let saved = try use { archive throws(ArchiveError) in
            try Archive.salvage(from: damaged, into: archive, nowMilliseconds: HostClock.wallMilliseconds)
        }
        logger.notice(
            "read from the damaged archive",
            metadata: ["episodes": "\(saved.stored)", "unreadable": "\(saved.unreadable)"])
    }

    package func wasRebuilt() { Files.remove(rebuildingMark) }

    private func mark(damaged: String) throws(ArchiveError) {
        do throws(FileError) {
            if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
            try Files.write(damaged + "\n", to: rebuildingMark)
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }

    /// - Returns: where it went.
    private func moveAside(_ reason: String) -> String {
        let name = "\(path).corrupt-\(HostClock.wallMilliseconds)"
        for suffix in ["", "-wal", "-shm"] where Files.exists(path + suffix) {
            _ = Files.rename(path + suffix, to: name + suffix)
        }
        logger.error(
            "the archive is damaged; it is moved aside and made anew from Redis and transcripts",
            metadata: ["reason": "\(reason)", "moved_to": "\(name)"])
        return name
    }
}
