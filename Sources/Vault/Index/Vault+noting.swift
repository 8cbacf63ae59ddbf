internal import Domain
internal import GRDB
internal import Transcripts

/// What changes the index; each in one transaction.
extension Vault {
    /// Where the next segment goes.
    func nextPlace(_ database: Database) throws -> (pack: Int64, offset: Int64) {
        let last = try Row.fetchOne(database, sql: "SELECT number, bytes FROM pack ORDER BY number DESC LIMIT 1")
        guard let last else { return (1, 0) }
        let number: Int64 = last["number"], bytes: Int64 = last["bytes"]
        return bytes < PackFolder.limit ? (number, bytes) : (number + 1, 0)
    }

    /// Notes a segment that lies in its pack. What it takes the place of lies there for nothing from then on.
    func note(
        _ head: SegmentHead, at place: PackFolder.Place, instead old: [Segment], _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO pack (number, bytes) VALUES (?, ?)
                ON CONFLICT (number) DO UPDATE SET bytes = max(bytes, excluded.bytes)
                """, arguments: [place.pack, place.offset + place.length])
        try forget(old, database)
        let generation = try noteGeneration(head, database)
        try database.execute(
            sql: """
                INSERT INTO segment (generation, bytes_from, bytes_to, kept, sha256, tail, pack, offset, length, taken_ms, is_sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                generation, head.from, head.to, head.kept, head.sha256, head.tail, place.pack, place.offset,
                place.length,
                head.takenMilliseconds, head.isSealed,
            ])
        let segment = database.lastInsertedRowID
        for cut in head.cuts {
            try database.execute(
                sql: "INSERT OR REPLACE INTO cut (segment, bytes_from, bytes_to, kept, reason) VALUES (?, ?, ?, ?, ?)",
                arguments: [segment, cut.from, cut.to, cut.kept, cut.reason])
        }
    }

    private func noteGeneration(_ head: SegmentHead, _ database: Database) throws -> Int64 {
        try database.execute(
            sql: "INSERT OR IGNORE INTO file (session, name) VALUES (?, ?)", arguments: [head.session, head.name])
        let file = try Int64.fetchOne(
            database, sql: "SELECT number FROM file WHERE session = ? AND name = ?",
            arguments: [head.session, head.name])
        try database.execute(
            sql: """
                INSERT INTO generation
                  (file, generation, kept_to, tail, path, config_dir, cwd, branch, "commit", host, first_ms, last_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)
                ON CONFLICT (file, generation) DO UPDATE SET
                  tail = iif(excluded.kept_to >= kept_to, excluded.tail, tail), kept_to = max(kept_to, excluded.kept_to),
                  path = excluded.path, config_dir = excluded.config_dir, cwd = excluded.cwd, branch = excluded.branch,
                  "commit" = excluded."commit", host = excluded.host, first_ms = min(first_ms, excluded.first_ms),
                  last_ms = max(last_ms, excluded.last_ms)
                """,
            arguments: [
                file, head.generation, head.to, head.tail, head.path, head.configDirectory, head.cwd, head.branch,
                head.commit, head.host, head.takenMilliseconds,
            ])
        return try Int64.fetchOne(
            database, sql: "SELECT number FROM generation WHERE file = ? AND generation = ?",
            arguments: [file, head.generation]) ?? 0
    }

    /// Takes segments out of the index; their bytes stay in the packs until these are written anew.
    func forget(_ segments: [Segment], _ database: Database) throws {
        for segment in segments {
            try database.execute(sql: "DELETE FROM segment WHERE number = ?", arguments: [segment.number])
            try database.execute(
                sql: "UPDATE pack SET dead = dead + ? WHERE number = ?",
                arguments: [segment.place.length, segment.place.pack])
        }
    }

    /// Whether all packs were read that there were when the index was made.
    func isIndexComplete() throws(VaultError) -> Bool {
        try read { try Bool.fetchOne($0, sql: "SELECT count(*) > 0 FROM meta WHERE name = 'complete'") } ?? false
    }

    /// Reads all packs, instead of what an index that is not complete says. Where segments cover the same bytes, what reaches farther counts, and of two
    /// that reach as far the younger: a small segment gives way to the one that it grew into.
    func rebuildIndex() throws(VaultError) {
        do {
            try write { database in
                for table in ["cut", "segment", "generation", "file", "pack", "seen"] {
                    try database.execute(sql: "DELETE FROM \(table)")
                }
            }
            for pack in try packs.packs() {
                let (found, end) = try packs.segments(of: pack)
                try write { database in
                    for (head, place) in found {
                        let own = try Generation.all(of: head.session, name: head.name, database)
                            .first { $0.generation == head.generation }
                        let there = try own.map { try Segment.all(of: $0.number, database) } ?? []
                        let same = there.filter { $0.range.overlaps(head.range) }
                        let isBetter = same.allSatisfy {
                            $0.range.upperBound <= head.to && $0.range.lowerBound >= head.from
                        }
                        if isBetter, same.allSatisfy({ $0.place != place }) {
                            try note(head, at: place, instead: same, database)
                        }
                    }
                    let live =
                        try Int64.fetchOne(
                            database, sql: "SELECT total(length) FROM segment WHERE pack = ?", arguments: [pack]) ?? 0
                    try database.execute(
                        sql: """
                            INSERT INTO pack (number, bytes, dead) VALUES (?1, ?2, ?2 - ?3)
                            ON CONFLICT (number) DO UPDATE SET bytes = max(bytes, ?2), dead = max(bytes, ?2) - ?3
                            """, arguments: [pack, end, live])
                }
            }
            try write { try $0.execute(sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('complete', '1')") }
        } catch {
            throw VaultError(error)
        }
    }
}
