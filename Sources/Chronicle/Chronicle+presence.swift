package import Domain
internal import GRDB

extension Chronicle {
    /// Notes that a companion is there. Its word lengthens the last stretch where that is its own, and no gap lies between.
    /// - Parameters:
    ///   - companion: tells it from every other.
    ///   - isServing: whether Redis takes its word.
    package func present(
        _ companion: String, isServing: Bool, at now: Moment, bootedMilliseconds: Int64
    ) throws(ChronicleError) {
        let time = now.wallMilliseconds
        try write { database in
            let last = try Row.fetchOne(database, sql: "SELECT * FROM presence ORDER BY number DESC LIMIT 1")
                .map(Self.presence)
            if let last, last.companion == companion, last.end == .open,
                time - last.untilMilliseconds <= Uptime.longestSilence
            {
                // A clock that was set back takes nothing away.
                let until = max(time, last.untilMilliseconds)
                try database.execute(
                    sql: "UPDATE presence SET until_ms = ? WHERE number = (SELECT max(number) FROM presence)",
                    arguments: [until])
                if last.isServing == isServing { return }
            }
            try database.execute(
                sql: """
                    INSERT INTO presence (began_ms, until_ms, boot, booted_ms, companion, serving, end)
                    VALUES (?, ?, ?, ?, ?, ?, 'open')
                    """,
                arguments: [time, time, now.bootID, bootedMilliseconds, companion, isServing])
        }
    }

    /// Notes that a companion ends because it was asked to.
    package func stopped(_ companion: String) throws(ChronicleError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE presence SET end = 'stopped'
                    WHERE companion = ? AND number = (SELECT max(number) FROM presence)
                    """, arguments: [companion])
        }
    }

    /// Of a period, with the one before it, in order.
    package func presences(since: Int64) throws(ChronicleError) -> [Presence] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM presence WHERE until_ms >= ? OR number =
                        (SELECT max(number) FROM presence WHERE until_ms < ?) ORDER BY number
                    """, arguments: [since, since]
            ).map(Self.presence)
        }
    }

    package func lastPresence() throws(ChronicleError) -> Presence? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM presence ORDER BY number DESC LIMIT 1").map(Self.presence)
        }
    }

    private static func presence(_ row: Row) -> Presence {
        Presence(
            beganMilliseconds: row["began_ms"], untilMilliseconds: row["until_ms"], bootID: row["boot"],
            bootedMilliseconds: row["booted_ms"], companion: row["companion"], isServing: row["serving"],
            end: Presence.End(rawValue: row["end"]) ?? .open)
    }
}
