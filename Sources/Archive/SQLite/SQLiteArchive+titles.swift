internal import Domain
internal import GRDB
internal import Synchronization

extension SQLiteArchive {
    func latestTitles(_ limit: Int) throws(ArchiveError) -> [MemoryTitle] {
        memoryChanges.begin()
        do throws(ArchiveError) {
            return try read { database in
                // The order of the join is said: there may be no memory for most episodes, and the index is in this order.
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT \(Self.titleColumns) FROM episode CROSS JOIN memory ON memory.episode = episode.number
                        ORDER BY episode.captured_ms DESC LIMIT ?
                        """, arguments: [limit]
                ).compactMap(Self.title)
            }
        } catch {
            memoryChanges.lose()
            throw error
        }
    }

    func changedTitles() throws(ArchiveError) -> [MemoryTitle]? {
        guard let changed = memoryChanges.take() else { return nil }
        guard !changed.isEmpty else { return [] }
        do throws(ArchiveError) {
            return try read { database in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT \(Self.titleColumns) FROM episode LEFT JOIN memory ON memory.episode = episode.number
                        WHERE episode.number = ?
                        """)
                return try changed.compactMap { number in
                    try Row.fetchOne(statement, arguments: [number]).flatMap(Self.title)
                }
            }
        } catch {
            memoryChanges.lose()
            throw error
        }
    }

    private static let titleColumns =
        "episode.id, episode.session_id, episode.dispatch_key, episode.session_file, episode.captured_ms, memory.body"

    /// What a disk altered until it was no memory any more has no title.
    private static func title(_ row: Row) throws -> MemoryTitle? {
        guard let id = EpisodeID(rawValue: try row.value("id")) else { return nil }
        let session: String = try row.value("session_id"), body: String? = try row.value("body")
        return try MemoryTitle(
            episode: id, session: session, dispatchKey: row.value("dispatch_key"),
            project: MemoryTitle.project(of: row.value("session_file"), session: session),
            milliseconds: row.value("captured_ms"), title: body.flatMap { try? Memory(json: $0) }?.title ?? "")
    }
}

/// The memories that changed, whatever changed them: the connection that writes tells of each row.
final class MemoryChanges: TransactionObserver, Sendable {
    private struct State {
        /// By the transaction that goes on.
        var begun: Set<Int64> = []
        /// Numbers of their episodes; nil where it is not known which.
        var done: Set<Int64>?
    }

    private let state = Mutex(State())
    /// When so many have changed, all may have.
    private static let limit = 1000

    /// From now on it is known which.
    func begin() { state.withLock { $0.done = [] } }

    /// It is not known any more which.
    func lose() { state.withLock { $0.done = nil } }

    func take() -> Set<Int64>? {
        state.withLock { state in
            defer { if state.done != nil { state.done = [] } }
            return state.done
        }
    }

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool { kind.tableName == "memory" }

    func databaseDidChange(with event: DatabaseEvent) {
        let number = event.rowID
        state.withLock { _ = $0.begun.insert(number) }
    }

    func databaseDidCommit(_ database: Database) {
        state.withLock { state in
            state.done?.formUnion(state.begun)
            if state.done.map({ $0.count > Self.limit }) ?? false { state.done = nil }
            state.begun = []
        }
    }

    func databaseDidRollback(_ database: Database) { state.withLock { $0.begun = [] } }
}
