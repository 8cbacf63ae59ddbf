internal import Domain
internal import GRDB
internal import Transcripts

/// What changes the index; each in one transaction.
extension Vault {
    /// Where the next segment goes. A pack in which something is damaged takes no more: it is not copied elsewhere any more.
    func nextPlace(_ database: Database) throws -> (pack: Int64, offset: Int64) {
        let last = try Row.fetchOne(
            database,
            sql: """
                SELECT number, bytes, EXISTS (SELECT 1 FROM segment WHERE segment.pack = pack.number AND damage <> '') AS is_damaged
                FROM pack ORDER BY number DESC LIMIT 1
                """)
        guard let last else { return (1, 0) }
        let number = try last.number("number"), bytes = try last.number("bytes")
        let takesMore = try bytes < PackFolder.limit && last.number("is_damaged") == 0
        return takesMore ? (number, bytes) : (number + 1, 0)
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
}
