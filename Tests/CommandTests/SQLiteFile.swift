import GRDB

enum SQLiteFile {
    /// Beside whoever has it open, as a disk that fails: without the sums that go with it.
    static func run(_ statement: String, in path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        try DatabaseQueue(path: path, configuration: configuration).write { try $0.execute(sql: statement) }
    }
}
