import GRDB

enum SQLiteFile {
    /// What stands in the first hour, in each of so many that follow.
    static func repeatHours(_ count: Int64, of file: String) throws {
        try DatabaseQueue(path: file).write { database in
            let following =
                "WITH RECURSIVE later (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM later WHERE n < \(count))"
            try database.execute(
                sql:
                    "\(following) INSERT INTO hour SELECT series, n, 12, 12.0 * (n % 97), n % 97 FROM hour, later WHERE hour = 0"
            )
            try database.execute(
                sql: """
                    \(following) INSERT INTO chore SELECT kind, n, runs, failed, items, bytes, bad, mended, took_ms,
                        n * 3600000, n * 3600000 FROM chore, later WHERE hour = 0
                    """)
        }
    }

    static func setVersion(_ version: Int, of file: String) throws {
        try DatabaseQueue(path: file).write { try $0.execute(sql: "PRAGMA user_version = \(version)") }
    }
}
