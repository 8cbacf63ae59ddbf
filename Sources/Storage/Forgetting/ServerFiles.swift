internal import Glibc
internal import Platform
package import Redis

/// The files of a Redis server: what is removed stands in them until they are written anew.
package enum ServerFiles {
    /// What came of having them written anew.
    package enum Outcome: Sendable, Equatable {
        case written
        /// It keeps nothing on a disk.
        case none
        case refused(reason: String)
    }

    /// Has the server write its files anew, and waits for that.
    package static func writeAnew(
        over connection: inout RedisConnection, patience: Duration = .seconds(300)
    ) throws(RedisError) -> Outcome {
        let watch = Stopwatch(limit: patience)
        var report = try connection.ask(INFO())
        guard report.tellsOfFiles else { return .refused(reason: "it does not say whether it keeps files") }
        let saves = try connection.ask(CONFIGGET("save"))
        let keepsFile = report.keepsAppendOnlyFile
        // What is being written now was begun before the words were gone.
        report = try settle(&connection, watch) ?? report
        if keepsFile {
            guard try connection.ask(BGREWRITEAOF()), let after = try settle(&connection, watch), after.couldRewrite
            else {
                return .refused(reason: "its append-only file was not written anew")
            }
        }
        // Without a word on it, there may be one.
        guard saves != "" else { return keepsFile ? .written : .none }
        let second = try connection.ask(TIME()) / 1000
        guard try connection.ask(BGSAVE()), let after = try settle(&connection, watch), after.couldSave,
            after.lastSaveSeconds >= second
        else { return .refused(reason: "its snapshot was not written anew") }
        return .written
    }

    /// How many servers follow this one, with files of their own; 0 where it does not say.
    package static func replicas(over connection: inout RedisConnection) throws(RedisError) -> Int64 {
        try connection.ask(INFO()).replicas
    }

    /// Waits until it writes nothing. - Returns: nil where that takes too long.
    private static func settle(
        _ connection: inout RedisConnection, _ watch: Stopwatch
    ) throws(RedisError) -> ServerReport? {
        repeat {
            let report = try connection.ask(INFO())
            if !report.isWritingFiles { return report }
            usleep(20_000)
        } while !watch.isOver
        return nil
    }
}
