internal import Domain
internal import GRDB

/// Moves between the places.
extension SQLiteArchive {
    @discardableResult
    func finish(
        _ ids: [EpisodeID], as outcome: Place.Outcome, failure: MemoryFailure?, wantsMemory: Bool,
        nowMilliseconds: Int64
    ) throws(ArchiveError) -> Int {
        try write { database in
            try ids.reduce(0) { count, id in
                let finished = try Self.finish(id, as: outcome, failure: failure, nowMilliseconds, database)
                if !wantsMemory {
                    try database.execute(
                        sql: "UPDATE episode SET needs_reprocessing = 0 WHERE id = ?", arguments: [id.rawValue])
                }
                return count + finished
            }
        }
    }

    @discardableResult
    static func finish(
        _ id: EpisodeID, as outcome: Place.Outcome, failure: MemoryFailure?, _ now: Int64, _ database: Database
    ) throws -> Int {
        let condition =
            switch outcome {
            case .memory:
                """
                (place <> 'finished' OR outcome IN ('raw', 'dead'))
                    AND EXISTS (SELECT 1 FROM memory WHERE memory.episode = episode.number)
                """
            case .duplicate: "place <> 'finished' AND new_entry_count = 0"
            case .raw, .dead, .discarded: "place <> 'finished'"
            }
        let statement = try database.cachedStatement(
            sql: """
                UPDATE episode SET place = 'finished', outcome = :outcome, finished_ms = :now,
                    needs_reprocessing = :outcome = 'raw',
                    discarded_ms = iif(:outcome = 'discarded', :now, discarded_ms),
                    error_type = coalesce(:type, error_type), error_message = coalesce(:message, error_message),
                    retry_count = coalesce(:retries, retry_count)
                WHERE id = :id AND \(condition)
                """)
        try statement.execute(arguments: [
            "outcome": outcome.rawValue, "now": now, "id": id.rawValue, "type": failure?.type,
            "message": failure?.message, "retries": failure?.retryCount,
        ])
        return database.changesCount
    }

    func noteFailure(_ failure: MemoryFailure, of id: EpisodeID) throws(ArchiveError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE episode SET error_type = ?, error_message = ?, retry_count = ?
                    WHERE id = ? AND place <> 'finished'
                    """, arguments: [failure.type, failure.message, failure.retryCount, id.rawValue])
        }
    }

    @discardableResult
    func toBacklog(_ ids: [EpisodeID]) throws(ArchiveError) -> Int {
        try move(ids, "SET place = 'backlog' WHERE id = ? AND place = 'queued'")
    }

    @discardableResult
    func toQueue(_ ids: [EpisodeID]) throws(ArchiveError) -> Int {
        try move(ids, "SET place = 'queued' WHERE id = ? AND place = 'backlog'")
    }

    private func move(_ ids: [EpisodeID], _ change: String) throws(ArchiveError) -> Int {
        try write { database in
            let statement = try database.cachedStatement(sql: "UPDATE episode " + change)
            return try ids.reduce(0) { count, id in
                try statement.execute(arguments: [id.rawValue])
                return count + database.changesCount
            }
        }
    }

    func reopenRaw(limit: Int) throws(ArchiveError) -> Int {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE episode SET place = 'backlog', outcome = NULL, finished_ms = NULL, needs_reprocessing = 0
                    WHERE number IN (
                        SELECT number FROM episode WHERE needs_reprocessing = 1 ORDER BY captured_ms, number LIMIT ?)
                    """, arguments: [max(0, limit)])
            return database.changesCount
        }
    }

    func backlog(limit: Int) throws(ArchiveError) -> [StoredEpisode] {
        try episodes("place = 'backlog' ORDER BY is_history, captured_ms, number LIMIT ?", [max(0, limit)])
    }

    func queued(limit: Int, after: EpisodeID?) throws(ArchiveError) -> [StoredEpisode] {
        try episodes(
            """
            place = 'queued' AND number > coalesce((SELECT number FROM episode WHERE id = ?), 0)
            ORDER BY number LIMIT ?
            """, [after?.rawValue, max(0, limit)])
    }

    private func episodes(_ condition: String, _ arguments: StatementArguments) throws(ArchiveError) -> [StoredEpisode]
    {
        try read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(sql: "SELECT * FROM episode WHERE " + condition), arguments: arguments)
            return try rows.map { row in
                let lines = try EpisodeContent(of: try row.value("number"), database)
                return try StoredEpisode(row, content: lines.text)
            }
        }
    }
}
