import GRDB

enum SQLiteWords {
    /// As a disk may: without the sums that go with it.
    static func alter(in path: String, _ word: String, _ other: String) throws {
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "UPDATE entry SET text = replace(text, ?, ?)", arguments: [word, other])
        }
    }
}
