package import Domain
internal import GRDB

extension Chronicle {
    /// Counts one run of a chore in its hour.
    /// - Parameter run: with its `lastMilliseconds`; `lastSuccessMilliseconds` where it did not fail.
    package func count(_ chore: Chore, _ run: ChoreTally) throws(ChronicleError) {
        let time = run.lastMilliseconds ?? 0
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO chore VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, hour) DO UPDATE SET
                        runs = runs + excluded.runs, failed = failed + excluded.failed, items = items + excluded.items,
                        bytes = bytes + excluded.bytes, bad = bad + excluded.bad, mended = mended + excluded.mended,
                        took_ms = took_ms + excluded.took_ms, last_ms = max(last_ms, excluded.last_ms),
                        last_success_ms = max(last_success_ms, excluded.last_success_ms)
                    """,
                arguments: [
                    chore.rawValue, time / Self.hour, run.runs, run.failed, run.items, run.bytes, run.bad, run.mended,
                    run.took, time, run.lastSuccessMilliseconds ?? 0,
                ])
        }
    }

    /// What came of a chore within a period; when it ran last, whenever that was.
    package func tally(of chore: Chore, since: Int64) throws(ChronicleError) -> ChoreTally {
        try read { database in
            var tally = ChoreTally()
            let sums = try Row.fetchOne(
                database,
                sql: """
                    SELECT total(runs) AS runs, total(failed) AS failed, total(items) AS items, total(bytes) AS bytes,
                        total(bad) AS bad, total(mended) AS mended, total(took_ms) AS took
                    FROM chore WHERE kind = ? AND hour >= ?
                    """, arguments: [chore.rawValue, since / Self.hour])
            if let sums {
                func whole(_ name: String) -> Int64 { Int64(exactly: (sums[name] as Double).rounded()) ?? .max }
                tally.runs = whole("runs")
                tally.failed = whole("failed")
                tally.items = whole("items")
                tally.bytes = whole("bytes")
                tally.bad = whole("bad")
                tally.mended = whole("mended")
                tally.took = whole("took")
            }
            func last(_ column: String) throws -> Int64? {
                try Int64.fetchOne(
                    database, sql: "SELECT max(\(column)) FROM chore WHERE kind = ?", arguments: [chore.rawValue]
                ).flatMap { $0 > 0 ? $0 : nil }
            }
            tally.lastMilliseconds = try last("last_ms")
            tally.lastSuccessMilliseconds = try last("last_success_ms")
            return tally
        }
    }

    /// Notes what no source could give back: once, however often it is looked for.
    /// - Returns: whether it was not known.
    @discardableResult
    package func lost(
        _ kind: String, _ thing: String, bytes: Int64, episodes: Int64, detail: String, at time: Int64
    ) throws(ChronicleError) -> Bool {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO loss VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [kind, thing, time, bytes, episodes, detail])
            return database.changesCount > 0
        }
    }

    /// It came back after all.
    package func found(_ kind: String, _ thing: String) throws(ChronicleError) {
        try write { database in
            try database.execute(sql: "DELETE FROM loss WHERE kind = ? AND thing = ?", arguments: [kind, thing])
        }
    }

    /// What was lost within a period.
    package func losses(since: Int64) throws(ChronicleError) -> (things: Int64, bytes: Int64, episodes: Int64) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*) AS things, coalesce(sum(bytes), 0) AS bytes, coalesce(sum(episodes), 0) AS episodes
                    FROM loss WHERE at_ms >= ?
                    """, arguments: [since])
            return row.map { ($0["things"], $0["bytes"], $0["episodes"]) } ?? (0, 0, 0)
        }
    }

    /// Names of what is known to be lost: it is said once.
    package func knownLosses() throws(ChronicleError) -> Set<String> {
        try read { try String.fetchSet($0, sql: "SELECT kind || ' ' || thing FROM loss") }
    }

    /// Notes what is left over now; of what is not any more nothing is known from then on.
    /// - Returns: since when each is.
    package func orphans(_ names: Set<String>, at now: Int64) throws(ChronicleError) -> [String: Int64] {
        try write { database in
            for name in names {
                try database.execute(sql: "INSERT OR IGNORE INTO orphan VALUES (?, ?)", arguments: [name, now])
            }
            var since: [String: Int64] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT name, since_ms FROM orphan") {
                let name: String = row["name"]
                if names.contains(name) {
                    // By a clock that was set back nothing is older than it is.
                    since[name] = min(row["since_ms"], now)
                } else {
                    try database.execute(sql: "DELETE FROM orphan WHERE name = ?", arguments: [name])
                }
            }
            return since
        }
    }
}
