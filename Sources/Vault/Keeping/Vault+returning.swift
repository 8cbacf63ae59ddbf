package import Domain
internal import GRDB
internal import Glibc
internal import Platform

/// What comes back from where copies of packs lie.
extension Vault {
    /// What is taken in from packs of a copy.
    package struct Wish {
        /// Of which sessions also what nothing is known of here.
        package var isWanted: (SessionID) -> Bool
        /// Whether anything of a session is to be forgotten: those words may be just what a copy still has.
        package var isForgotten: (SessionID) throws(VaultError) -> Bool

        package init(
            isWanted: @escaping (SessionID) -> Bool,
            isForgotten: @escaping (SessionID) throws(VaultError) -> Bool
        ) {
            self.isWanted = isWanted
            self.isForgotten = isForgotten
        }
    }

    /// Takes in from packs of a copy what is damaged here, gone with its pack, given up, or wanted and not here.
    /// - Parameter folder: with packs, which are only read.
    /// - Returns: how many segments came.
    package func take(fromPacksIn folder: String, _ wish: Wish) throws(VaultError) -> Int {
        let copy = PackFolder(path: folder)
        var count = 0
        for pack in try disk({ () throws(FileError) in try copy.packs() }) {
            for (head, place) in try copy.segments(of: pack).found {
                if try locked({ () throws(VaultError) in try take(head, place, of: copy, wish) }) { count += 1 }
            }
        }
        return count
    }

    private func take(
        _ head: SegmentHead, _ place: PackFolder.Place, of copy: PackFolder, _ wish: Wish
    ) throws(VaultError) -> Bool {
        guard let session = SessionID(rawValue: head.session), let old = try replaced(by: head, session, wish) else {
            return false
        }
        let bytes = try disk { () throws(FileError) in try copy.read(place) }
        let content: [UInt8]
        do throws(VaultError) {
            content = try Frame.content(of: bytes[...], named: place.name, seal).content
        } catch {
            // Another pack may have it whole.
            guard case .damaged = error else { throw error }
            return false
        }
        try store(head, content, instead: old)
        return true
    }

    /// In the place of which segments one of a copy comes; nil where it does not.
    private func replaced(
        by head: SegmentHead, _ session: SessionID, _ wish: Wish
    ) throws(VaultError) -> [Segment]? {
        let own = try read { database in
            try Generation.all(of: head.session, name: head.name, database)
                .first { $0.generation == head.generation }
                .map { try Segment.all(of: $0.number, database) } ?? []
        }
        let same = own.filter { $0.range.overlaps(head.range) }
        if let segment = same.first(where: { $0.range == head.range && $0.tail == head.tail }) {
            if segment.isLost { return try wish.isForgotten(session) ? nil : [segment] }
            return !segment.damage.isEmpty && segment.sha256 == head.sha256 ? [segment] : nil
        }
        guard wish.isWanted(session), try !wish.isForgotten(session) else { return nil }
        // A small segment gives way to the one that it grew into.
        let isBetter = same.allSatisfy {
            $0.range.lowerBound >= head.from && $0.range.upperBound <= head.to && $0.range != head.range
        }
        return isBetter ? same : nil
    }
}
