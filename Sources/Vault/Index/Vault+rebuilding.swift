internal import Domain
internal import GRDB
internal import Platform

/// What the packs say, for an index that does not know it.
extension Vault {
    /// Whether the index knows of all packs: one that was being made when its maker was killed does not.
    func isIndexWhole() throws(VaultError) -> Bool {
        try read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'whole')") ?? false
        }
    }

    /// Makes the index from all packs, or leaves it as it is. Called with the lock.
    func rebuildIndex() throws(VaultError) {
        try write { database in
            for table in ["cut", "segment", "generation", "file", "pack", "seen"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            for pack in try packs.packs() {
                let (found, end) = try packs.segments(of: pack)
                for (head, place) in found { try adopt(head, place, database) }
                try noteEnd(end, of: pack, database)
            }
            try database.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('whole', '1')")
        }
    }

    /// Takes note of what lies in the packs behind what the index knows of. A writer was killed before it noted what it
    /// wrote, or the index is older than the packs, as one that was put back: either way nothing whole that lies there is
    /// written over. The rest goes: words that are to be forgotten must not lie where nobody looks.
    func settle() throws(VaultError) {
        let (last, known) = try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT number, bytes FROM pack ORDER BY number")
            let known = try Dictionary(
                uniqueKeysWithValues: rows.map { (try $0.number("number"), try $0.number("bytes")) })
            return (known.keys.max() ?? 0, known)
        }
        for pack in try disk({ () throws(FileError) in try packs.packs() }) {
            let end = known[pack]
            guard end == nil || pack == last else { continue }
            let size = try disk { () throws(FileError) in try packs.size(of: pack) }
            guard size > end ?? 0 || end == nil else { continue }
            var (found, newEnd) = try packs.segments(of: pack, from: end ?? 0)
            found = try readable(found)
            newEnd = found.last.map { $0.place.offset + $0.place.length } ?? end ?? 0
            let whole = found, all = newEnd
            try write { database in
                for (head, place) in whole { try adopt(head, place, database) }
                if all > 0 { try noteEnd(all, of: pack, database) }
            }
            if all == 0 {
                packs.remove(pack)
            } else {
                try disk { () throws(FileError) in try packs.cut(pack, to: all) }
            }
        }
    }

    /// Notes a segment that stands in a pack. Where segments cover the same bytes, what reaches farther counts, and of two
    /// that reach as far the one written later: a small segment gives way to the one that it grew into.
    private func adopt(_ head: SegmentHead, _ place: PackFolder.Place, _ database: Database) throws {
        let own = try Generation.all(of: head.session, name: head.name, database)
            .first { $0.generation == head.generation }
        let there = try own.map { try Segment.all(of: $0.number, database) } ?? []
        let same = there.filter { $0.range.overlaps(head.range) || $0.range.lowerBound == head.from }
        let isBetter = same.allSatisfy { $0.range.upperBound <= head.to && $0.range.lowerBound >= head.from }
        // What cannot be read replaces nothing that perhaps can.
        guard isBetter, try same.isEmpty || isReadable(head, place) else { return }
        try note(head, at: place, instead: same, database)
    }

    private typealias Found = [(head: SegmentHead, place: PackFolder.Place)]

    private func readable(_ found: Found) throws(VaultError) -> Found {
        var readable = Found()
        for one in found where try isReadable(one.head, one.place) { readable.append(one) }
        return readable
    }

    func isReadable(_ head: SegmentHead, _ place: PackFolder.Place) throws(VaultError) -> Bool {
        do throws(VaultError) {
            let bytes = try disk { () throws(FileError) in try packs.read(place) }
            return try Frame.content(of: bytes[...], named: place.name, seal).head == head
        } catch {
            switch error {
            case .damaged: return false
            // For want of a key nothing is called torn.
            case .locked: return true
            default: throw error
            }
        }
    }

    private func noteEnd(_ end: Int64, of pack: Int64, _ database: Database) throws {
        let live =
            try Int64.fetchOne(
                database, sql: "SELECT coalesce(sum(length), 0) FROM segment WHERE pack = ?", arguments: [pack]) ?? 0
        try database.execute(
            sql: """
                INSERT INTO pack (number, bytes, dead) VALUES (?1, ?2, ?2 - ?3)
                ON CONFLICT (number) DO UPDATE SET bytes = max(bytes, ?2), dead = max(bytes, ?2) - ?3
                """, arguments: [pack, end, live])
    }
}
