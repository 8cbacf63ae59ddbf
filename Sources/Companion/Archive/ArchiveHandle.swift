package import Archive
internal import Domain
package import Logging
internal import Platform
package import Settings
internal import Threads
internal import Transcripts

/// The companion's archive: opened when it is needed, made anew when it is damaged. Archives wait for a disk or a network,
/// so the actor has a thread of its own.
package actor ArchiveHandle {
    private let executor = ThreadExecutor()
    private let store: any ArchiveStore
    private let logger: Logger
    private let onLoss: @Sendable () -> Void
    private let tombstones: ForgottenHere
    private var archive: (any EpisodeArchive)?

    /// - Parameters:
    ///   - state: with the tombstones of this host: whatever archive is opened takes nothing in that is forgotten.
    ///   - onLoss: called when the file is gone that was open, and is to be opened anew.
    package init(
        _ store: any ArchiveStore, state: StateFolder, logger: Logger, onLoss: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.tombstones = ForgottenHere(Tombstones(state))
        self.onLoss = onLoss
        self.logger = logger
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Where the archive lies, for people.
    package nonisolated var place: String { store.place }

    /// Whether the archive may be made here that Redis knows by this id.
    package func mayMake(_ id: String) -> Bool { store.mayMake(id) }

    /// Opens the archive unless it is open.
    /// - Parameters:
    ///   - id: what Redis knows this pool's archive by: one that is made now gets it. nil where Redis knows none.
    ///   - mayMove: whether a damaged one may be moved aside, as only the owner may.
    /// - Returns: the archive's id.
    package func open(id: String?, mayMove: Bool = false) throws(ArchiveError) -> String {
        if let archive { return archive.id }
        let opened: any EpisodeArchive
        do throws(ArchiveError) {
            opened = try store.open(id: id)
        } catch {
            guard mayMove, case .corrupt(let reason) = error else { throw error }
            let aside = try store.moveAside()
            logger.error(
                "the archive is damaged; it is moved aside and made anew from Redis and transcripts",
                metadata: ["reason": "\(reason)", "moved_to": "\(aside)"])
            opened = try store.open(id: id)
        }
        // Before anything is read into it again. What it says of bytes on the disk is done by `forget`.
        let pending = try tombstones.pending(in: opened)
        if !pending.forgotten.isEmpty {
            try opened.forget(pending.forgotten, nowMilliseconds: HostClock.wallMilliseconds)
        }
        archive = opened
        return opened.id
    }

    /// What of this host's tombstones the archive is still to forget.
    /// - Returns: nil where there is nothing.
    package func pendingForgetting() throws(ArchiveError) -> PendingForgetting? {
        let tombstones = tombstones
        let pending = try use { archive throws(ArchiveError) in try tombstones.pending(in: archive) }
        return pending.marks.isEmpty ? nil : pending
    }

    /// Forgets it, to the last byte on the disk.
    package func forget(_ pending: PendingForgetting) throws(ArchiveError) {
        try use { archive throws(ArchiveError) in
            try archive.forget(pending.forgotten, nowMilliseconds: HostClock.wallMilliseconds)
            try archive.scrub()
        }
    }

    /// Notes that it is forgotten, here and in what is made of the archive: who waits for that goes on.
    package func noteForgotten(_ pending: PendingForgetting) throws(ArchiveError) {
        try use { archive throws(ArchiveError) in
            let now = HostClock.wallMilliseconds
            for (session, mark) in pending.marks { try archive.noteForgotten(mark, of: session, nowMilliseconds: now) }
            try archive.tidy()
        }
    }

    package var isOpen: Bool { archive != nil }

    /// Another companion has it now, and may move it.
    package func close() { archive = nil }

    /// Works on the archive; closed, or found to be damaged, it throws and is opened anew by its owner.
    package func use<Answer: Sendable>(
        _ work: @Sendable (any EpisodeArchive) throws(ArchiveError) -> Answer
    ) throws(ArchiveError) -> Answer {
        guard let archive else { throw .unavailable(reason: "it is not open yet") }
        guard archive.isInPlace else { throw try putBack(archive) }
        do throws(ArchiveError) {
            return try work(archive)
        } catch {
            if case .corrupt = error { self.archive = nil }
            throw error
        }
    }

    /// Its file was deleted or replaced under us: nothing more goes into what nobody will ever read.
    /// - Returns: what to throw; the owner opens it anew.
    private func putBack(_ archive: any EpisodeArchive) throws(ArchiveError) -> ArchiveError {
        let place = try store.putBack(archive)
        self.archive = nil
        logger.error(
            "the archive's file was deleted or replaced while it was in use; all it held is saved",
            metadata: ["saved_to": "\(place)"])
        onLoss()
        return .unavailable(reason: "its file was deleted or replaced; it is opened anew")
    }

    /// Looks through all of it beside those who work on it; closed when it is not sound, it is opened and looked at by its
    /// owner, and moved aside.
    package nonisolated func checkAll() async throws {
        let store = store
        do {
            try await BlockingWork.run {
                let archive = try store.openToRead()
                try archive?.check()
                try archive?.checkSearch()
            }
        } catch ArchiveError.corrupt(let reason) {
            logger.error("the archive is damaged: \(reason)")
            try store.distrust(because: reason)
            await close()
        }
    }

    // MARK: - Rebuilding

    /// It was made anew: what Redis and transcripts have is to be recorded again.
    package var needsRebuilding: Bool { store.needsRebuilding }

    /// Reads what can be read of the damaged archive into the new one.
    package func salvage() throws(ArchiveError) {
        let store = store
        guard let saved = try use({ archive throws(ArchiveError) in try store.salvage(into: archive) }) else { return }
        logger.notice(
            "read from the damaged archive",
            metadata: ["episodes": "\(saved.stored)", "unreadable": "\(saved.unreadable)"])
    }

    package func wasRebuilt() { store.wasRebuilt() }
}
