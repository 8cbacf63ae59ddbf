internal import Domain
internal import FoundationEssentials
internal import GRDB

/// What the archive holds of what is to be forgotten.
extension SQLiteArchive {
    func sessions(under key: String) throws(ArchiveError) -> Set<SessionID> {
        try read { database in
            Set(
                try String.fetchAll(
                    database, sql: "SELECT DISTINCT session_id FROM episode WHERE dispatch_key = ?", arguments: [key]
                ).compactMap(SessionID.init))
        }
    }

    func sessions(beginningWith text: String) throws(ArchiveError) -> Set<SessionID> {
        try read { database in
            Set(
                try String.fetchAll(
                    database,
                    sql: "SELECT DISTINCT session_id FROM episode WHERE substr(session_id, 1, length(?1)) = ?1",
                    arguments: [text]
                ).compactMap(SessionID.init))
        }
    }

    func trace(_ question: TraceQuestion) throws(ArchiveError) -> ArchiveTrace {
        try read { database in
            switch question {
            case .sessions(let sessions, let key, let candidates):
                try Self.trace(sessions, addedUnder: key, candidates, database)
            case .text(let text): try Self.trace(text, database)
            }
        }
    }

    private static func trace(
        _ sessions: Set<SessionID>, addedUnder key: String?, _ candidates: Set<String>, _ database: Database
    ) throws -> ArchiveTrace {
        var trace = ArchiveTrace()
        func concerned(_ row: Row) throws -> SessionID? {
            guard let session = SessionID(rawValue: try row.value("session_id")) else { return nil }
            if session == .added { return try key == (row.value("dispatch_key") as String) ? session : nil }
            return sessions.contains(session) ? session : nil
        }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT session_id, dispatch_key, uuid, hash, at, entry.number AS entry
                FROM entry JOIN episode ON episode.number = entry.episode
                """)
        var entries: [Int64] = []
        while let row = try rows.next() {
            let identity = EpisodeEntry.identity(uuid: try row.value("uuid"), hash: try row.value("hash"))
            guard let session = try concerned(row) else {
                if candidates.contains(identity) { trace.others.insert(identity) }
                continue
            }
            trace.messages += 1
            trace.sessions[session, default: .init()].known.add(identity, at: try row.value("at"))
            entries.append(try row.value("entry"))
        }
        let made = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, session_id, dispatch_key FROM episode JOIN memory ON memory.episode = episode.number
                """)
        while let row = try made.next() { if try concerned(row) != nil { trace.memories += 1 } }
        try addUnreadable(to: &trace, database) { row, _ in try concerned(row) == .added }
        // From all over: a session's first words may stand in every other.
        let step = max(1, entries.count / (4 * TextSample.limit))
        for index in stride(from: 0, to: entries.count, by: step) where trace.samples.count < TextSample.limit {
            let text = try String.fetchOne(
                database, sql: "SELECT text FROM entry WHERE number = ?", arguments: [entries[index]])
            if let sample = text.flatMap(TextSample.of) { trace.samples.append(sample) }
        }
        return trace
    }

    private static func trace(_ text: SoughtText, _ database: Database) throws -> ArchiveTrace {
        var trace = ArchiveTrace()
        var makers: Set<Int64> = []
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT session_id, uuid, hash, at, entry.episode AS episode, text, agent
                FROM entry JOIN episode ON episode.number = entry.episode
                """)
        while let row = try rows.next() {
            let fields: [String] = try ["text", "agent", "at", "uuid"].map { try row.value($0) }
            guard fields.contains(where: text.occurs), let session = SessionID(rawValue: try row.value("session_id"))
            else { continue }
            trace.messages += 1
            makers.insert(try row.value("episode"))
            trace.sessions[session, default: .init()].known.add(
                EpisodeEntry.identity(uuid: fields[3], hash: try row.value("hash")), at: fields[2])
        }
        let summaries =
            try database.tableExists("text_summary")
            ? "coalesce((SELECT group_concat(text, char(10)) FROM text_summary WHERE episode = number), '')" : "''"
        let made = try Row.fetchCursor(
            database,
            sql: """
                SELECT number, id, session_id, error_type, error_message, coalesce(digest.title, '') AS title,
                    coalesce(digest.text, '') AS digest, coalesce(memory.body, '') AS body, coalesce(memory.text, '') AS text,
                    \(summaries) AS summaries
                FROM episode LEFT JOIN memory ON memory.episode = episode.number
                    LEFT JOIN digest ON digest.episode = episode.number
                """)
        while let row = try made.next() {
            let fields: [String] = try [
                "error_type", "error_message", "title", "digest", "body", "text", "summaries",
            ].map {
                try row.value($0)
            }
            let says = fields.contains(where: text.occurs), hasMemory = !fields[4].isEmpty
            let isOfWords = makers.contains(try row.value("number"))
            if hasMemory, says || isOfWords { trace.memories += 1 }
            guard says, !isOfWords, let session = SessionID(rawValue: try row.value("session_id")),
                let id = EpisodeID(rawValue: try row.value("id"))
            else { continue }
            trace.sessions[session, default: .init()].remarks.insert(id)
        }
        try addUnreadable(to: &trace, database) { _, line in text.occurs(in: line) }
        return trace
    }

    /// Lines that no entry gives back; a copy of an entry goes with that.
    private static func addUnreadable(
        to trace: inout ArchiveTrace, _ database: Database, where isSought: (Row, String) throws -> Bool
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, session_id, dispatch_key, line FROM unreadable
                    JOIN episode ON episode.number = unreadable.episode
                WHERE NOT EXISTS (
                        SELECT 1 FROM entry
                        WHERE entry.episode = unreadable.episode AND entry.position = unreadable.position)
                    AND NOT EXISTS (
                        SELECT 1 FROM repetition
                        WHERE repetition.episode = unreadable.episode AND repetition.position = unreadable.position)
                """)
        while let row = try rows.next() {
            let line = String(decoding: try row.value("line") as Data, as: UTF8.self)
            guard try isSought(row, line), let id = EpisodeID(rawValue: try row.value("id")),
                let session = SessionID(rawValue: try row.value("session_id"))
            else { continue }
            trace.messages += 1
            trace.sessions[session, default: .init()].episodes.insert(id)
        }
    }

    func holding(_ texts: [SoughtText]) throws(ArchiveError) -> [Bool] {
        try read { database in
            var found = texts.map { _ in false }
            let summaries = try database.tableExists("text_summary") ? ["SELECT text FROM text_summary"] : []
            for sql in summaries + [
                "SELECT text FROM entry", "SELECT title || char(10) || text FROM digest", "SELECT body FROM memory",
                "SELECT text FROM memory", "SELECT error_message FROM episode",
                "SELECT CAST(line AS TEXT) FROM unreadable",
            ] {
                let rows = try String.fetchCursor(database, sql: sql)
                while let text = try rows.next() {
                    for index in texts.indices where !found[index] { found[index] = texts[index].occurs(in: text) }
                }
            }
            return found
        }
    }

    func hasForgotten(_ mark: String) throws(ArchiveError) -> Bool {
        try read { database in
            // Archives of earlier versions forgot nothing.
            guard try database.tableExists("forgotten") else { return false }
            return try Row.fetchOne(
                database, sql: "SELECT 1 FROM forgotten WHERE kind = 'tombstone' AND id = ?", arguments: [mark]) != nil
        }
    }
}
