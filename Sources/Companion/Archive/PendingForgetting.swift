internal import Archive
package import Domain
internal import Platform
internal import Transcripts

/// What an archive is still to forget.
package struct PendingForgetting: Sendable {
    package var forgotten = Forgotten()
    /// The tombstones that say so.
    package var marks: [(session: SessionID, mark: String)] = []
}

/// This host's tombstones, held against what an archive has forgotten already.
struct ForgottenHere: Sendable {
    private let tombstones: Tombstones

    init(_ tombstones: Tombstones) { self.tombstones = tombstones }

    func pending(in archive: any EpisodeArchive) throws(ArchiveError) -> PendingForgetting {
        var pending = PendingForgetting()
        for (session, mark) in try marks() where try !archive.hasForgotten(mark) {
            guard let tombstone = try tombstone(of: session) else { continue }
            pending.forgotten.formUnion(tombstone.forgotten)
            pending.marks.append((session, mark))
        }
        return pending
    }

    // What is forgotten must not be taken in for want of knowing it.

    private func marks() throws(ArchiveError) -> [(SessionID, String)] {
        do throws(FileError) {
            var marks: [(SessionID, String)] = []
            for session in try tombstones.sessions() { marks.append((session, try tombstones.mark(of: session))) }
            return marks
        } catch {
            throw .unavailable(reason: "a tombstone cannot be read: \(error)")
        }
    }

    private func tombstone(of session: SessionID) throws(ArchiveError) -> Tombstone? {
        do throws(FileError) {
            return try tombstones.tombstone(of: session)
        } catch {
            throw .unavailable(reason: "a tombstone cannot be read: \(error)")
        }
    }
}
