package import Domain
internal import GRDB

extension Chronicle {
    /// Notes what was watched: each figure as the last of its kind, and in its hour.
    package func note(_ figures: [WatchedFigure]) throws(ChronicleError) {
        guard !figures.isEmpty else { return }
        try write { database in
            for figure in figures { try Self.note(figure, in: database) }
        }
    }

    private static func note(_ figure: WatchedFigure, in database: Database) throws {
        guard figure.value.isFinite, let series = try series(of: figure, in: database) else { return }
        try database.execute(
            sql: """
                INSERT INTO figure VALUES (?, ?, ?, ?, ?) ON CONFLICT (series) DO UPDATE SET
                    value = excluded.value, level = excluded.level, at_ms = excluded.at_ms, remark = excluded.remark
                """,
            arguments: [series, figure.value, figure.level.rawValue, figure.milliseconds, figure.remark])
        let worse = figure.indicator.isFloor ? "min" : "max"
        try database.execute(
            sql: """
                INSERT INTO hour VALUES (?, ?, 1, ?, ?) ON CONFLICT (series, hour) DO UPDATE SET
                    count = count + 1, sum = sum + excluded.sum, worst = \(worse)(worst, excluded.worst)
                """,
            arguments: [series, figure.milliseconds / hour, figure.value, figure.value])
    }

    /// - Returns: nil where so many are followed that no more are.
    private static func series(of figure: WatchedFigure, in database: Database) throws -> Int64? {
        let names: StatementArguments = [figure.indicator.rawValue, figure.subject]
        let known = try Int64.fetchOne(
            database, sql: "SELECT number FROM series WHERE indicator = ? AND subject = ?", arguments: names)
        if let known { return known }
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM series") ?? 0 < mostSeries else { return nil }
        try database.execute(sql: "INSERT INTO series (indicator, subject) VALUES (?, ?)", arguments: names)
        return database.lastInsertedRowID
    }

    /// What is not known any more is not shown as if it were.
    package func drop(_ indicator: Indicator, of subject: String) throws(ChronicleError) {
        try write { database in
            try database.execute(
                sql: """
                    DELETE FROM figure WHERE series IN
                        (SELECT number FROM series WHERE indicator = ? AND subject = ?)
                    """, arguments: [indicator.rawValue, subject])
        }
    }

    /// The last of each kind, the worst first.
    package func figures() throws(ChronicleError) -> [WatchedFigure] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT indicator, subject, value, level, at_ms, remark FROM figure JOIN series ON number = series
                    ORDER BY level DESC, indicator, subject
                    """)
            return rows.compactMap { row in
                // Of a later version's indicators this one can say nothing.
                guard let indicator = Indicator(rawValue: row["indicator"]) else { return nil }
                return WatchedFigure(
                    indicator, of: row["subject"], row["value"], level: WatchLevel(rawValue: row["level"]) ?? .well,
                    at: row["at_ms"], remark: row["remark"])
            }
        }
    }

    /// A figure's mean of each hour, in order.
    /// - Parameter since: ms since 1970.
    package func hours(
        of indicator: Indicator, _ subject: String, since: Int64
    ) throws(ChronicleError) -> [(milliseconds: Int64, value: Double)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT hour, sum / count AS mean FROM hour JOIN series ON number = series
                    WHERE indicator = ? AND subject = ? AND hour >= ? ORDER BY hour
                    """, arguments: [indicator.rawValue, subject, since / Self.hour]
            ).map { ($0["hour"] * Self.hour, $0["mean"]) }
        }
    }
}
