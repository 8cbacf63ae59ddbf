internal import Domain
internal import GRDB
internal import Platform

extension Vault {
    /// Writes packs anew of which more than half lies there for nothing.
    /// - Returns: how many bytes of the disk that gave back.
    @discardableResult
    package func tidy() throws(VaultError) -> Int64 { try rewrite(where: "2 * dead > bytes AND dead > 0") }

    /// The same of packs of which an eighth does: where room is short.
    @discardableResult
    package func makeRoom() throws(VaultError) -> Int64 { try rewrite(where: "8 * dead > bytes") }

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

    func rewrite(where condition: String) throws(VaultError) -> Int64 {
        func numbers() throws(VaultError) -> [Int64] {
            try read { try Int64.fetchAll($0, sql: "SELECT number FROM pack WHERE \(condition) ORDER BY number") }
        }
        var freed: Int64 = 0, failure: VaultError?
        // With the lock, first: what a killed writer left is seen to, whether or not there is a pack to write anew.
        for number in try locked({ () throws(VaultError) in try numbers() }) {
            do throws(VaultError) {
                freed += try locked { () throws(VaultError) in
                    // Another process may have been faster.
                    try numbers().contains(number) ? try rewrite(number) : 0
                }
            } catch {
                // One that cannot be read keeps no other from it.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return freed
    }

    /// Copies what is wanted of a pack behind another, notes that, and removes it. Killed on the way, it leaves bytes that
    /// were never noted, which the next writer sees to, or a pack that nothing lies in, which is removed by the next. The
    /// index forgets it last: what nobody knows of would lie there for ever, with the words that were to go.
    private func rewrite(_ pack: Int64) throws(VaultError) -> Int64 {
        let segments = try read { try Segment.all(in: pack, $0) }
        try check(segments, in: pack)
        let before: Int64
        do throws(FileError) {
            before = try packs.size(of: pack)
        } catch {
            guard error.isMissing else { throw VaultError(error) }
            // What lies in it is damaged as long as it is gone; of one in which nothing lies nothing is to be copied.
            if segments.isEmpty { try forget(pack: pack) }
            return 0
        }
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
        packs.remove(pack)
        try forget(pack: pack)
        return before - (offset - start)
    }

    /// A pack is thrown away for what the index says of it: that must be all there is to say.
    private func check(_ segments: [Segment], in pack: Int64) throws(VaultError) {
        let row = try read {
            try Row.fetchOne($0, sql: "SELECT bytes, dead FROM pack WHERE number = ?", arguments: [pack])
        }
        do {
            let bytes = try row?.number("bytes") ?? 0, dead = try row?.number("dead") ?? 0
            var isSound = segments.reduce(dead) { $0 + $1.place.length } == bytes
            for segment in segments where isSound { isSound = try isProvenOrDamaged(segment) }
            guard !isSound else { return }
        } catch {
            throw VaultError(error)
        }
        markIndexDamaged()
        throw .damaged(
            segment: VaultError.index, reason: "it does not say all that lies in \(PackFolder.name(of: pack))")
    }

    /// Whether the index is right about a segment, as far as can be told.
    private func isProvenOrDamaged(_ segment: Segment) throws(VaultError) -> Bool {
        do throws(VaultError) {
            _ = try provenContent(of: segment)
            return true
        } catch {
            guard case .damaged = error else { return true }
            return try !isElsewhere(segment)
        }
    }

    private func forget(pack: Int64) throws(VaultError) {
        try write { try $0.execute(sql: "DELETE FROM pack WHERE number = ?", arguments: [pack]) }
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
