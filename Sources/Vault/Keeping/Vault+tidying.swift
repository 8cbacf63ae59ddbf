internal import Domain
internal import GRDB
internal import Platform

extension Vault {
    /// Writes packs anew of which more than half lies there for nothing.
    /// - Returns: how many bytes of the disk that gave back.
    @discardableResult
    package func tidy() throws(VaultError) -> Int64 { try rewrite(where: "2 * dead > bytes AND dead > 0") }

    /// The same of all packs in which anything does: what was taken out of the vault is not on the disk from then on.
    @discardableResult
    func purge() throws(VaultError) -> Int64 {
        let freed = try rewrite(where: "dead > 0")
        do {
            try index.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            }
        } catch {
            throw VaultError(error)
        }
        return freed
    }

    private func rewrite(where condition: String) throws(VaultError) -> Int64 {
        let numbers = try read {
            try Int64.fetchAll($0, sql: "SELECT number FROM pack WHERE \(condition) ORDER BY number")
        }
        var freed: Int64 = 0
        for number in numbers { freed += try locked { () throws(VaultError) in try rewrite(number) } }
        return freed + (try locked { () throws(VaultError) in try sweep() })
    }

    /// Removes what writers left that were killed: packs, and ends of packs, that the index does not know. An index that is made
    /// anew would.
    private func sweep() throws(VaultError) -> Int64 {
        let known = try read { database in
            try Row.fetchAll(database, sql: "SELECT number, bytes FROM pack").reduce(into: [Int64: Int64]()) {
                $0[$1["number"]] = $1["bytes"]
            }
        }
        return try disk { () throws(FileError) in
            var freed: Int64 = 0
            for pack in try packs.packs() {
                let size = try packs.size(of: pack), end = known[pack] ?? 0
                if known[pack] == nil { packs.remove(pack) } else if size > end { try packs.cut(pack, at: end) }
                freed += max(0, size - end)
            }
            return freed
        }
    }

    /// Copies what is wanted of a pack behind another, notes that, and removes it. Killed on the way, it leaves bytes that
    /// were never noted, or a pack that nothing lies in, which is removed by the next.
    private func rewrite(_ pack: Int64) throws(VaultError) -> Int64 {
        let segments = try read { try Segment.all(in: pack, $0) }
        let last = try read { try Int64.fetchOne($0, sql: "SELECT max(number) FROM pack") } ?? pack
        var (target, offset) = try read { try nextPlace($0) }
        if target == pack { (target, offset) = (last + 1, 0) }
        let start = offset
        for segment in segments {
            // One that is damaged goes along as it is: less may be wrong with it than can be told here.
            let bytes = try disk { () throws(FileError) in try packs.read(segment.place) }
            try disk { () throws(FileError) in try packs.append(bytes, to: target, at: offset) }
            try move(segment, to: PackFolder.Place(pack: target, offset: offset, length: Int64(bytes.count)))
            offset += Int64(bytes.count)
        }
        let before = try disk { () throws(FileError) in try packs.size(of: pack) }
        try write { try $0.execute(sql: "DELETE FROM pack WHERE number = ?", arguments: [pack]) }
        packs.remove(pack)
        return before - (offset - start)
    }

    private func move(_ segment: Segment, to place: PackFolder.Place) throws(VaultError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO pack (number, bytes) VALUES (?1, ?2) ON CONFLICT (number) DO UPDATE SET bytes = max(bytes, ?2)
                    """, arguments: [place.pack, place.offset + place.length])
            try database.execute(
                sql: "UPDATE segment SET pack = ?, offset = ?, length = ? WHERE number = ?",
                arguments: [place.pack, place.offset, place.length, segment.number])
            try database.execute(
                sql: "UPDATE pack SET dead = dead + ? WHERE number = ?",
                arguments: [segment.place.length, segment.place.pack])
        }
    }
}
