internal import Domain
internal import GRDB

/// The summary of a session lies where the memories of episodes lie, in a row of its own that has no words: so it is found,
/// taken along, checked and forgotten like any. Unlike theirs it is replaced where the session went on.
extension SQLiteArchive {
    func summary(ofSession session: SessionID) throws(ArchiveError) -> SessionSummary? {
        try read { try Self.summary(of: session, $0) }
    }

    private static func summary(of session: SessionID, _ database: Database) throws -> SessionSummary? {
        let id = EpisodeID(summaryOf: session)
        let find = try database.cachedStatement(sql: "SELECT * FROM episode WHERE id = ? AND discarded_ms IS NULL")
        guard let row = try Row.fetchOne(find, arguments: [id.rawValue]),
            let stored = try memory(of: id, numbered: try row.value("number"), database)
        else { return nil }
        return try SessionSummary(
            session: session, dispatchKey: row.value("dispatch_key"), host: row.value("host"), memory: stored.memory,
            maker: stored.maker, madeMilliseconds: stored.madeMilliseconds,
            capturedMilliseconds: row.value("captured_ms"), coveredMilliseconds: row.value("bytes_to"))
    }

    func unsummarised(since milliseconds: Int64, limit: Int) throws(ArchiveError) -> [UnsummarisedSession] {
        try read { database in
            let sessions = try String.fetchAll(
                database,
                sql: """
                    SELECT session_id FROM episode WHERE captured_ms >= ? AND session_id <> '' AND filter <> ?
                    GROUP BY session_id ORDER BY max(captured_ms)
                    """, arguments: [milliseconds, StoredEpisode.summaryMark])
            let find = try database.cachedStatement(
                sql: """
                    SELECT max(dispatch_key) AS dispatch_key, max(host) AS host, max(captured_ms) AS captured_ms,
                        max(made_ms) AS made_ms, total(place <> 'finished') AS waiting
                    FROM episode LEFT JOIN memory ON memory.episode = episode.number
                    WHERE session_id = ? AND filter <> ?
                    """)
            let covered = try database.cachedStatement(sql: "SELECT bytes_to, discarded_ms FROM episode WHERE id = ?")
            var found: [UnsummarisedSession] = []
            for name in sessions where found.count < limit {
                guard let session = SessionID(rawValue: name), session != .added,
                    let row = try Row.fetchOne(find, arguments: [name, StoredEpisode.summaryMark]),
                    let made: Int64 = try row.value("made_ms")
                else { continue }
                let waiting: Double = try row.value("waiting")
                guard waiting == 0 else { continue }
                if let known = try Row.fetchOne(covered, arguments: [EpisodeID(summaryOf: session).rawValue]) {
                    let gone: Int64? = try known.value("discarded_ms")
                    let bound: Int64 = try known.value("bytes_to")
                    guard gone == nil, bound < made else { continue }
                }
                found.append(
                    try UnsummarisedSession(
                        session: session, dispatchKey: row.value("dispatch_key"), host: row.value("host"),
                        capturedMilliseconds: row.value("captured_ms")))
            }
            return found
        }
    }

    func memories(
        ofSession session: SessionID, madeAfter milliseconds: Int64
    ) throws(ArchiveError) -> [StoredSessionMemory] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT episode.number AS number, id, captured_ms FROM episode
                        JOIN memory ON memory.episode = episode.number
                    WHERE session_id = ? AND filter <> ? AND made_ms > ? ORDER BY made_ms, episode.number
                    """, arguments: [session.rawValue, StoredEpisode.summaryMark, milliseconds])
            return try rows.compactMap { row in
                guard let id = EpisodeID(rawValue: try row.value("id")),
                    let stored = try Self.memory(of: id, numbered: try row.value("number"), database)
                else { return nil }
                return StoredSessionMemory(memory: stored, capturedMilliseconds: try row.value("captured_ms"))
            }
        }
    }

    func store(_ summary: SessionSummary, nowMilliseconds: Int64) throws(ArchiveError) -> MemoryOutcome {
        try write { database in
            for episode in summary.madeOf where try Self.memory(of: episode, database) == nil { return .unwanted }
            let stored = StoredMemory(
                episode: EpisodeID(summaryOf: summary.session), memory: summary.memory, maker: summary.maker,
                madeMilliseconds: summary.madeMilliseconds)
            let find = try database.cachedStatement(sql: "SELECT number, discarded_ms FROM episode WHERE id = ?")
            guard let row = try Row.fetchOne(find, arguments: [stored.episode.rawValue]) else {
                let writer = try EpisodeWriter(database, nowMilliseconds: nowMilliseconds)
                let episode = StoredEpisode(
                    id: stored.episode, sessionID: summary.session.rawValue, dispatchKey: summary.dispatchKey,
                    host: summary.host, bytes: 0..<summary.coveredMilliseconds,
                    filterMark: StoredEpisode.summaryMark, capturedMilliseconds: summary.capturedMilliseconds,
                    entryCount: 0, content: "")
                // Of a session that is forgotten nothing is kept.
                guard try writer.takes(episode) else { return .unwanted }
                try writer.settle(try writer.addRow(episode), .finished(.memory))
                return try Self.insert(stored, database)
            }
            let gone: Int64? = try row.value("discarded_ms")
            guard gone == nil else { return .unwanted }
            try database.execute(
                sql: "UPDATE episode SET captured_ms = ?, bytes_to = ?, finished_ms = ? WHERE number = ?",
                arguments: [
                    summary.capturedMilliseconds, summary.coveredMilliseconds, nowMilliseconds,
                    try row.value("number") as Int64,
                ])
            let number: Int64 = try row.value("number")
            // One whose memory a salvage could not give back.
            guard try Self.memory(of: stored.episode, numbered: number, database) != nil else {
                return try Self.insert(stored, database)
            }
            try Self.replace(stored, numbered: number, database)
            return .stored
        }
    }

    /// Puts a memory in the place of another, in the index too.
    static func replace(_ stored: StoredMemory, numbered number: Int64, _ database: Database) throws {
        let json = try stored.memory.json(), text = stored.memory.text, maker = stored.maker
        // What an index has of a row is taken out by what it was told (<https://sqlite.org/fts5.html#the_delete_command>).
        try database.execute(
            sql: """
                INSERT INTO memory_words (memory_words, rowid, text, scope)
                SELECT 'delete', episode, text, scope FROM memory WHERE episode = ?
                """, arguments: [number])
        try database.execute(
            sql: """
                UPDATE memory SET body = ?, text = ?, provider = ?, model = ?, tokens_in = ?, tokens_out = ?, made_ms = ?
                WHERE episode = ?
                """,
            arguments: [
                json, text, maker.provider, maker.model, maker.tokensIn, maker.tokensOut, stored.madeMilliseconds,
                number,
            ])
        try database.execute(
            sql:
                "INSERT INTO memory_words (rowid, text, scope) SELECT episode, text, scope FROM memory WHERE episode = ?",
            arguments: [number])
        try MemorySum.note(json, isAltered: false, of: number, database)
    }
}
