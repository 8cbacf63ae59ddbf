internal import Domain
internal import GRDB
internal import Platform

extension Vault {
    /// Encrypts what was kept while there was no key, and writes the packs anew in which it lay. Killed on the way it is gone
    /// on with by the next call: `sealing` in `meta` says that plain bytes may lie in packs of which all is encrypted.
    /// - Parameter limit: after which it is left for the next call.
    /// - Returns: whether all is done. What is damaged stays as it is.
    @discardableResult
    package func sealPlain(for limit: Duration) throws(VaultError) -> Bool {
        guard seal != nil else { return true }
        let (plain, isBegun) = try read { database in
            (
                try Int64.fetchAll(
                    database, sql: "SELECT number FROM segment WHERE NOT is_sealed AND damage = '' ORDER BY number"),
                try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM meta WHERE name = 'sealing')") ?? false
            )
        }
        guard isBegun || !plain.isEmpty else { return true }
        if !isBegun { try write { try $0.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('sealing', '1')") } }
        let watch = Stopwatch(limit: limit)
        for number in plain {
            guard !watch.isOver else { return false }
            try locked { () throws(VaultError) in try seal(number) }
        }
        _ = try rewrite(where: "dead > 0")
        try write { try $0.execute(sql: "DELETE FROM meta WHERE name = 'sealing'") }
        return true
    }

    private func seal(_ number: Int64) throws(VaultError) {
        let segment = try read { try Segment.page(after: number - 1, limit: 1, $0) }.first
        // It may have grown into another meanwhile.
        guard let segment, segment.number == number, !segment.isSealed,
            let owner = try read({ try Generation.one(segment.owner, $0) })
        else { return }
        let content: [UInt8]
        do throws(VaultError) {
            content = try self.content(of: segment)
        } catch {
            guard case .damaged = error else { throw error }
            return
        }
        var head = SegmentHead(owner, segment)
        head.cuts = segment.cuts
        try store(head, content, instead: [segment])
    }
}
