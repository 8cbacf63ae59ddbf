internal import GRDB

extension Archive {
    package func counts() throws(ArchiveError) -> ArchiveCounts {
        try read { database in
            var counts = ArchiveCounts()
            let places = try Row.fetchAll(
                database, sql: "SELECT place, outcome, count(*) FROM episode GROUP BY place, outcome")
            for row in places {
                guard let place = try Place(place: row.value(0), outcome: row.value(1)) else { continue }
                counts.places[place] = try row.value(2)
            }
            // Numbers are given without gaps and never taken back: the last one is the count, without a walk.
            counts.entries = try Int.fetchOne(database, sql: "SELECT max(number) FROM entry") ?? 0
            counts.memories = try Int.fetchOne(database, sql: "SELECT count(*) FROM memory") ?? 0
            counts.needingReprocessing = try Self.needsReprocessingCount(database)
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            counts.bytes = pages * (try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
            counts.oldestBacklogMilliseconds = try Self.oldestBacklog(database)
            return counts
        }
    }

    package func backlogCount() throws(ArchiveError) -> Int {
        try read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM episode WHERE place = 'backlog'") ?? 0
        }
    }

    package func needsReprocessingCount() throws(ArchiveError) -> Int {
        try read { database in try Self.needsReprocessingCount(database) }
    }

    private static func needsReprocessingCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM episode WHERE needs_reprocessing = 1") ?? 0
    }

    package func oldestBacklogMilliseconds() throws(ArchiveError) -> Int64? {
        try read { database in try Self.oldestBacklog(database) }
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
}
