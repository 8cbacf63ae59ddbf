internal import Domain
internal import GRDB

/// What sinks are still to get lies beside the memories: a delivery is noted in the transaction of a database that has the
/// memory, and waits there for as long as its sink is away.
extension SQLiteArchive {
    func enqueue(for sink: String, nowMilliseconds: Int64) throws(ArchiveError) -> Int {
        try write { database in
            // A sink that is new gets what is made from now on; the rest is for a person to ask for.
            try database.execute(sql: "INSERT OR IGNORE INTO sink VALUES (?, ?)", arguments: [sink, nowMilliseconds])
            let began =
                try Int64.fetchOne(database, sql: "SELECT began_ms FROM sink WHERE name = ?", arguments: [sink]) ?? 0
            // By what has no delivery, and by no mark of how far it is: memories are stored in another order than they were
            // made in, and clocks differ.
            return try Self.add(sink, madeSince: began, database)
        }
    }

    func backfill(_ sink: String, capturedSince milliseconds: Int64, nowMilliseconds: Int64) throws(ArchiveError) -> Int
    {
        try write { database in
            try database.execute(sql: "INSERT OR IGNORE INTO sink VALUES (?, ?)", arguments: [sink, nowMilliseconds])
            return try Self.add(sink, madeSince: 0, capturedSince: milliseconds, database)
        }
    }

    private static func add(
        _ sink: String, madeSince made: Int64, capturedSince captured: Int64 = .min, _ database: Database
    ) throws -> Int {
        try database.execute(
            sql: """
                INSERT INTO delivery (sink, episode, made_ms, state, due_ms)
                SELECT ?, memory.episode, memory.made_ms, 'waiting', 0 FROM memory
                    JOIN episode ON episode.number = memory.episode
                WHERE memory.made_ms >= ? AND episode.captured_ms >= ? AND episode.discarded_ms IS NULL
                    AND NOT EXISTS (
                        SELECT 1 FROM delivery AS known WHERE known.sink = ? AND known.episode = memory.episode
                            AND known.made_ms >= memory.made_ms)
                ON CONFLICT (sink, episode) DO UPDATE SET made_ms = excluded.made_ms, state = 'waiting', attempts = 0,
                    due_ms = 0, sent_ms = 0, done_ms = NULL, error = ''
                WHERE excluded.made_ms > delivery.made_ms
                """, arguments: [sink, made, captured, sink])
        return database.changesCount
    }

    func nextDelivery(of sink: String) throws(ArchiveError) -> SinkItem? {
        try read { database in
            // In the order in which they were made: what is handed over and not confirmed keeps the rest waiting, and so
            // does what failed and is tried again.
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT delivery.*, episode.id AS id, episode.session_id, episode.dispatch_key, episode.host,
                        episode.captured_ms
                    FROM delivery JOIN episode ON episode.number = delivery.episode
                    WHERE sink = ? AND state IN ('sent', 'waiting')
                    ORDER BY state, delivery.made_ms, delivery.episode LIMIT 1
                    """, arguments: [sink])
            guard let row, let id = EpisodeID(rawValue: try row.value("id")),
                let stored = try Self.memory(of: id, numbered: try row.value("episode"), database)
            else { return nil }
            return try SinkItem(
                episode: id, session: row.value("session_id"), dispatchKey: row.value("dispatch_key"),
                host: row.value("host"), capturedMilliseconds: row.value("captured_ms"), memory: stored.memory,
                model: stored.maker.model, madeMilliseconds: stored.madeMilliseconds, standing: Self.standing(row))
        }
    }

    private static func standing(_ row: Row) throws -> SinkStanding {
        var standing = SinkStanding()
        standing.state = SinkStanding.State(rawValue: try row.value("state")) ?? .waiting
        standing.attempts = try row.value("attempts")
        standing.sentMilliseconds = try row.value("sent_ms")
        standing.dueMilliseconds = try row.value("due_ms")
        standing.error = try row.value("error")
        return standing
    }

    func keep(
        _ standing: SinkStanding, of item: SinkItem, in sink: String, nowMilliseconds: Int64
    ) throws(ArchiveError) {
        try write { database in
            let number = try Int64.fetchOne(
                database, sql: "SELECT number FROM episode WHERE id = ?", arguments: [item.episode.rawValue])
            guard let number else { return }
            // Of another memory, made meanwhile, nothing was delivered.
            try Self.keep(
                standing, of: number, madeUntil: item.madeMilliseconds, in: sink, nowMilliseconds, database)
        }
    }

    private static func keep(
        _ standing: SinkStanding, of number: Int64, madeUntil made: Int64 = .max, in sink: String, _ now: Int64,
        _ database: Database
    ) throws {
        try database.execute(
            sql: """
                UPDATE delivery SET state = ?, attempts = ?, sent_ms = ?, due_ms = ?, error = ?, done_ms = ?
                WHERE sink = ? AND episode = ? AND made_ms <= ?
                """,
            arguments: [
                standing.state.rawValue, standing.attempts, standing.sentMilliseconds, standing.dueMilliseconds,
                standing.error, standing.state == .done ? now : nil, sink, number, made,
            ])
    }

    func retryDeliveries(of sink: String) throws(ArchiveError) -> Int {
        try write { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM delivery WHERE sink = ? AND state <> 'done' AND (state = 'dead' OR due_ms > 0)",
                arguments: [sink])
            for row in rows {
                try Self.keep(try Self.standing(row).retried(), of: try row.value("episode"), in: sink, 0, database)
            }
            return rows.count
        }
    }

    func sinkCounts(_ sink: String) throws(ArchiveError) -> SinkCounts? {
        try read { database in
            let isKnown =
                try database.tableExists("sink")
                && Bool.fetchOne(database, sql: "SELECT 1 FROM sink WHERE name = ?", arguments: [sink]) != nil
            guard isKnown else { return nil }
            var counts = SinkCounts()
            let rows = try Row.fetchAll(
                database, sql: "SELECT state, count(*) FROM delivery WHERE sink = ? GROUP BY state", arguments: [sink])
            for row in rows {
                let count: Int = try row.value(1)
                switch try row.value(0) as String {
                case "waiting": counts.waiting = count
                case "sent": counts.sent = count
                case "done": counts.done = count
                default: counts.dead = count
                }
            }
            counts.oldestMilliseconds = try Int64.fetchOne(
                database,
                sql: "SELECT min(made_ms) FROM delivery WHERE sink = ? AND state IN ('waiting', 'sent')",
                arguments: [sink])
            counts.lastDoneMilliseconds = try Int64.fetchOne(
                database, sql: "SELECT max(done_ms) FROM delivery WHERE sink = ?", arguments: [sink])
            counts.lastError =
                try String.fetchOne(
                    database,
                    sql: """
                        SELECT error FROM delivery WHERE sink = ? AND error <> '' AND state <> 'done'
                        ORDER BY due_ms DESC LIMIT 1
                        """, arguments: [sink]) ?? ""
            return counts
        }
    }

    func backfillSize(capturedSince milliseconds: Int64) throws(ArchiveError) -> (memories: Int, characters: Int) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), coalesce(sum(length(memory.text)), 0) FROM memory
                        JOIN episode ON episode.number = memory.episode WHERE captured_ms >= ?
                    """, arguments: [milliseconds])
            return (try row?.value(0) ?? 0, try row?.value(1) ?? 0)
        }
    }
}
