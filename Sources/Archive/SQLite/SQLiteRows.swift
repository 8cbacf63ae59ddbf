internal import Domain
internal import FoundationEssentials
internal import GRDB

extension StoredEpisode {
    init(_ row: Row, content: String) throws {
        guard let id = EpisodeID(rawValue: try row.value("id")) else {
            throw ArchiveError.corrupt(reason: "an episode has no id")
        }
        let from: Int64 = try row.value("bytes_from")
        try self.init(
            id: id, sessionID: row.value("session_id"), dispatchKey: row.value("dispatch_key"),
            groupID: row.value("group_id"),
            host: row.value("host"), sessionFile: row.value("session_file"),
            file: FileID(rawValue: row.value("file_id")),
            generation: row.value("generation"), bytes: from..<max(from, row.value("bytes_to")),
            agentID: row.value("agent_id"),
            filterMark: row.value("filter"), capturedMilliseconds: row.value("captured_ms"),
            entryCount: row.value("entry_count"),
            content: content, sha256: row.value("sha256"), retryCount: row.value("retry_count"),
            isHistory: row.value("is_history"),
            discardedMilliseconds: row.value("discarded_ms"))
    }
}

extension ArchivedEpisode {
    init(_ row: Row, _ database: Database) throws {
        let content = try EpisodeContent(of: try row.value("number"), database)
        episode = try StoredEpisode(row, content: content.text)
        guard let place = try Place(place: row.value("place"), outcome: row.value("outcome")) else {
            throw ArchiveError.corrupt(reason: "an episode is nowhere")
        }
        self.place = place
        newEntryCount = try row.value("new_entry_count")
        errorType = try row.value("error_type")
        errorMessage = try row.value("error_message")
        archivedMilliseconds = try row.value("archived_ms")
        finishedMilliseconds = try row.value("finished_ms")
        needsReprocessing = try row.value("needs_reprocessing")
        let isAltered = try SumState(row, content) == .differs
        damage = isAltered ? Arrival.Damage.checksum.rawValue : try row.value("damage")
        let find = try database.cachedStatement(sql: "SELECT title, text FROM digest WHERE episode = ?")
        let made = try Row.fetchOne(find, arguments: [try row.value("number") as Int64])
        title = try made?.value("title") ?? ""
        digest = try made?.value("text") ?? ""
        memory = try SQLiteArchive.memory(of: episode.id, database)
        entries = content.entries
        newEntries = content.lines.filter(\.isNew).compactMap(\.entry)
        // Where they are what is damaged, the digests stand.
        summaries = (try? SQLiteArchive.textSummaries(shownIn: row.value("number"), database)) ?? []
    }
}

/// The lines of an episode as they came, from the entries that it brought, those that others brought, and what is kept
/// as it was.
struct EpisodeContent {
    struct Line {
        var entry: EpisodeEntry?
        var text: String
        /// The episode is the first that has it.
        var isNew: Bool
        /// The text is not what the entry would write.
        var isRaw: Bool
    }

    let lines: [Line]

    init(of number: Int64, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT position, 1 AS is_new, uuid, hash, role, at, agent, text, NULL AS line
                FROM entry WHERE episode = :number
                UNION ALL
                SELECT repetition.position, 0, uuid, hash, role, at, agent, text, NULL
                FROM repetition JOIN entry ON entry.number = repetition.entry WHERE repetition.episode = :number
                UNION ALL
                SELECT position, 0, NULL, NULL, NULL, NULL, NULL, NULL, line FROM unreadable WHERE episode = :number
                ORDER BY 1
                """)
        var byPosition: [Int: Line] = [:]
        let rows = try Row.fetchCursor(statement, arguments: ["number": number])
        while let row = try rows.next() {
            let position: Int = try row.value(0)
            if let bytes: Data = try row.value(8) {
                let text = String(decoding: bytes, as: UTF8.self)
                // What is kept as it was goes before what could be written.
                let entry = EpisodeLine.all(of: text).first?.entry
                byPosition[position] = Line(
                    entry: entry, text: text, isNew: byPosition[position]?.isNew ?? (entry == nil), isRaw: true)
            } else if byPosition[position]?.isRaw == true {
                byPosition[position]?.isNew = try row.value(1)
            } else {
                guard let role = EpisodeEntry.Role(rawValue: try row.value(4)) else {
                    // Altered on the disk: what is read then does not match the checksum.
                    byPosition[position] = Line(entry: nil, text: "", isNew: false, isRaw: false)
                    continue
                }
                let entry = try EpisodeEntry(
                    uuid: row.value(2), hash: row.value(3), role: role, at: row.value(5), text: row.value(7),
                    subagent: row.value(6))
                byPosition[position] = Line(entry: entry, text: entry.json, isNew: try row.value(1), isRaw: false)
            }
        }
        lines = byPosition.sorted { $0.key < $1.key }.map(\.value)
    }

    var text: String { lines.map(\.text).joined(separator: "\n") }
    var entries: [EpisodeEntry] { lines.compactMap(\.entry) }
}

extension ArchiveError {
    init(_ error: any Error) {
        switch error {
        case let error as ArchiveError: self = error
        case let error as DatabaseError: self.init(error)
        case is RowDecodingError: self = .corrupt(reason: "a row holds what it cannot hold")
        default: self = .rejected(reason: "\(error)")
        }
    }

    private init(_ error: DatabaseError) {
        // The statement stays out of it: it may hold text of a conversation.
        let reason = "\(error.message ?? "SQLite error") (\(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: self = .corrupt(reason: reason)
        case .SQLITE_IOERR:
            switch error.extendedResultCode {
            // The log's index could not grow: the disk is full.
            case .SQLITE_IOERR_SHMSIZE: self = .full
            case .SQLITE_IOERR_SHORT_READ: self = .corrupt(reason: reason)
            default: self = .unavailable(reason: reason)
            }
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN,
            .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            self = .unavailable(reason: reason)
        default: self = .rejected(reason: reason)
        }
    }
}

extension Row {
    /// Throws where GRDB's subscript would end the process: a damaged file may hold anything in a column.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> Value {
        try decode(forColumn: column)
    }

    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ index: Int) throws -> Value {
        try decode(atIndex: index)
    }
}
