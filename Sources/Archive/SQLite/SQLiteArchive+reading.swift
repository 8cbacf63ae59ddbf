internal import Domain
internal import GRDB

/// What the archive is asked by id, by file, or as a whole.
extension SQLiteArchive {
    func show(beginning: String) throws(ArchiveError) -> ArchivedEpisode? {
        let digits = beginning.lowercased()
        guard (6...32).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw .rejected(
                reason: "'\(PlainText.line(beginning))' is not 6 to 32 hexadecimal digits of an episode's id")
        }
        return try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM episode WHERE id >= ? AND id < ? LIMIT 2",
                arguments: [digits, digits + "g"]
            )
            guard rows.count < 2 else {
                throw ArchiveError.rejected(reason: "several episodes begin with '\(digits)'; give more digits")
            }
            return try rows.first.map { try ArchivedEpisode($0, database) }
        }
    }

    func episodes(
        after: EpisodeID?, key: String?, sinceMilliseconds: Int64?, limit: Int
    ) throws(ArchiveError) -> [ArchivedEpisode] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM episode
                    WHERE number > coalesce((SELECT number FROM episode WHERE id = ?), 0) AND captured_ms >= ?
                    ORDER BY number
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: [after?.rawValue, sinceMilliseconds ?? Int64.min])
            var page: [ArchivedEpisode] = []
            while page.count < limit, let row = try rows.next() {
                if let key, !SearchScope.includes(try row.value("dispatch_key"), in: key) { continue }
                page.append(try ArchivedEpisode(row, database))
            }
            return page
        }
    }

    func episodes(
        changedSince milliseconds: Int64, after: EpisodeID?, limit: Int
    ) throws(ArchiveError) -> [ArchivedEpisode] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM episode
                    WHERE number > coalesce((SELECT number FROM episode WHERE id = ?), 0)
                        AND (archived_ms >= ? OR finished_ms >= ?)
                    ORDER BY number LIMIT ?
                    """, arguments: [after?.rawValue, milliseconds, milliseconds, limit])
            return try rows.map { try ArchivedEpisode($0, database) }
        }
    }

    func entries(ofSession session: String, limit: Int) throws(ArchiveError) -> [EpisodeEntry] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM episode WHERE session_id = ? AND agent_id = '' AND discarded_ms IS NULL AND filter <> ?
                    ORDER BY generation DESC, bytes_from DESC, captured_ms DESC
                    """, arguments: [session, StoredEpisode.summaryMark])
            var entries: [[EpisodeEntry]] = [], count = 0
            for row in rows where count < limit {
                let own = try ArchivedEpisode(row, database).told
                entries.append(own)
                count += own.count
            }
            // What two episodes have, as after a Redis that forgot, was said once.
            var seen: Set<String> = []
            let answers = Set(entries.joined().filter { !$0.uuid.isEmpty && $0.role == .assistant }.map(\.trimmedText))
            let said = entries.reversed().joined().filter {
                // An answer by a hook's word is none beside that of its transcript.
                if $0.uuid.isEmpty, $0.role == .assistant, answers.contains($0.trimmedText) { return false }
                return $0.subagent.isEmpty && seen.insert($0.uuid + $0.hash).inserted
            }
            return said.suffix(limit)
        }
    }

    func episodes(ofSession session: String, limit: Int) throws(ArchiveError) -> [ArchivedEpisode] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM episode WHERE session_id = ? AND discarded_ms IS NULL AND filter <> ?
                    ORDER BY captured_ms DESC, number DESC LIMIT ?
                    """, arguments: [session, StoredEpisode.summaryMark, limit])
            return try rows.map { try ArchivedEpisode($0, database) }
        }
    }

    func counts() throws(ArchiveError) -> ArchiveCounts {
        try read { database in
            var counts = ArchiveCounts()
            let places = try Row.fetchAll(
                database, sql: "SELECT place, outcome, count(*) FROM episode GROUP BY place, outcome")
            for row in places {
                guard let place = try Place(place: row.value(0), outcome: row.value(1)) else { continue }
                counts.places[place] = try row.value(2)
            }
            // Numbers are given without gaps: where nothing was forgotten the last one is the count, without a walk.
            counts.entries = try Int.fetchOne(database, sql: "SELECT max(number) FROM entry") ?? 0
            counts.memories = try Int.fetchOne(database, sql: "SELECT count(*) FROM memory") ?? 0
            counts.needingReprocessing =
                try Int.fetchOne(database, sql: "SELECT count(*) FROM episode WHERE needs_reprocessing = 1") ?? 0
            counts.damaged = try Self.damaged(database)
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            counts.bytes = pages * (try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
            counts.oldestBacklogMilliseconds = try Self.oldestBacklog(database)
            return counts
        }
    }

    /// Of damaged episodes those whose bytes no sound one holds: what was read again is there under another name.
    private static func damaged(_ database: Database) throws -> Int {
        let memories = try MemorySum.areKept(database) ? "UNION SELECT episode FROM memory_sum WHERE altered = 1" : ""
        return try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM (
                    SELECT number FROM episode AS hurt
                    WHERE damage IN ('checksum', 'lost') AND discarded_ms IS NULL AND outcome IS NOT 'discarded'
                        AND NOT EXISTS (
                            SELECT 1 FROM episode AS sound
                            WHERE sound.file_id = hurt.file_id AND hurt.file_id <> ''
                                AND sound.generation = hurt.generation AND sound.bytes_from <= hurt.bytes_from
                                AND sound.bytes_to >= hurt.bytes_to AND sound.damage NOT IN ('checksum', 'lost'))
                    \(memories))
                """) ?? 0
    }

    private static func oldestBacklog(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT min(oldest) FROM (
                    SELECT min(captured_ms) AS oldest FROM episode WHERE place = 'backlog' AND is_history = 0
                    UNION ALL
                    SELECT min(captured_ms) FROM episode WHERE place = 'backlog' AND is_history = 1)
                """)
    }

    func stretches(of files: [FileID], generation: Int64) throws(ArchiveError) -> [Range<Int64>] {
        try read { database in
            let find = try database.cachedStatement(
                sql: "SELECT bytes_from, bytes_to FROM episode WHERE file_id = ? AND generation = ?")
            var found: [Range<Int64>] = []
            for file in files {
                for row in try Row.fetchAll(find, arguments: [file.rawValue, generation]) {
                    let from: Int64 = try row.value(0), to: Int64 = try row.value(1)
                    found.append(from..<max(from, to))
                }
            }
            return found
        }
    }

    func heldSpans(of files: [FileID]) throws(ArchiveError) -> [FileID: [ArchivedSpan]] {
        try read { database in
            let find = try database.cachedStatement(
                sql: """
                    SELECT number, generation, bytes_from, bytes_to, filter, outcome, discarded_ms, new_entry_count
                    FROM episode WHERE file_id = ? AND damage NOT IN ('checksum', 'lost')
                    ORDER BY generation, bytes_from, bytes_to, number
                    """)
            let findUUIDs = try database.cachedStatement(
                sql: """
                    SELECT uuid FROM entry WHERE episode = :number
                    UNION ALL
                    SELECT uuid FROM repetition JOIN entry ON entry.number = repetition.entry
                    WHERE repetition.episode = :number
                    """)
            var spans: [FileID: [ArchivedSpan]] = [:]
            for file in files {
                for row in try Row.fetchAll(find, arguments: [file.rawValue]) {
                    let uuids = try String.fetchAll(findUUIDs, arguments: ["number": try row.value(0) as Int64])
                    let from: Int64 = try row.value(2)
                    let outcome: String? = try row.value(5), discarded: Int64? = try row.value(6)
                    spans[file, default: []].append(
                        try ArchivedSpan(
                            file: file, generation: row.value(1), bytes: from..<max(from, row.value(3)),
                            uuids: Set(uuids.filter { !$0.isEmpty }), filterMark: row.value(4),
                            isDiscarded: outcome == "discarded" || discarded != nil))
                }
            }
            return spans
        }
    }
}

extension EpisodeEntry {
    /// Without the space around it: a hook's word and the transcript's differ in that.
    fileprivate var trimmedText: Substring {
        let text = text.drop(while: \.isWhitespace)
        return text.lastIndex { !$0.isWhitespace }.map { text[...$0] } ?? ""
    }
}
