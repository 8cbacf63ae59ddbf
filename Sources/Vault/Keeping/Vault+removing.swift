package import Domain
internal import GRDB
package import Settings

/// What pruning took out.
package struct PruneOutcome: Sendable, Equatable {
    package var sessions: [SessionID] = []
    /// Of the disk, bytes.
    package var freedBytes: Int64 = 0
    /// Segments that nobody could read.
    package var damaged: [DamagedSegment] = []
}

extension Vault {
    /// Takes all of a session out; its bytes lie in the packs until these are tidied.
    /// - Parameter name: of the only file that is to go; nil for all.
    package func remove(_ session: SessionID, file name: String? = nil) throws(VaultError) {
        try locked { () throws(VaultError) in try takeOut(session, file: name, withLooks: true) }
    }

    /// The same, by who has the lock.
    /// - Parameter withLooks: whether a file that is as it was when it was kept is kept again.
    func takeOut(_ session: SessionID, file name: String?, withLooks: Bool) throws(VaultError) {
        try write { database in
            let generations = try Row.fetchAll(
                database,
                sql: """
                    SELECT generation.number, path FROM generation JOIN file ON file.number = file
                    WHERE session = ?1 AND (?2 IS NULL OR name = ?2)
                    """, arguments: [session.rawValue, name])
            for row in generations {
                let number: Int64 = try row.decode(forColumn: "number")
                let path: String = try row.decode(forColumn: "path")
                try forget(Segment.all(of: number, database), database)
                try database.execute(sql: "DELETE FROM generation WHERE number = ?", arguments: [number])
                if withLooks { try database.execute(sql: "DELETE FROM seen WHERE path = ?", arguments: [path]) }
            }
            try database.execute(
                sql: "DELETE FROM file WHERE session = ?1 AND (?2 IS NULL OR name = ?2)",
                arguments: [session.rawValue, name])
        }
    }

    /// Up to when time has come, for those who ask often: a clock that jumps forward takes a day with each call. So nothing
    /// is too old before somebody had time to set the clock right.
    /// - Parameter now: what the clock says, ms since 1970.
    package func steadyTime(now: Int64) throws(VaultError) -> Int64 {
        try write { database in
            let noted = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'clock'").flatMap {
                Int64($0)
            }
            // What was added last was added in time.
            let known = try noted ?? Int64.fetchOne(database, sql: "SELECT max(last_ms) FROM generation") ?? now
            let time = min(now, known + 86_400_000)
            try database.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('clock', ?)", arguments: [String(time)])
            return time
        }
    }

    /// Takes out what is older than it is to be kept, and, where that leaves more than may be, what was longest unused.
    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - isBound: whether a key has the session: then nothing of it goes.
    package func prune(
        _ policy: VaultPolicy, now: Int64, isBound: (SessionID) throws -> Bool
    ) throws -> PruneOutcome {
        let before = now - policy.keepDays * 86_400_000
        var outcome = PruneOutcome()
        var left = try wantedBytes()
        for (session, last, bytes) in try sessionsByUse() {
            guard last < before || left > policy.maxBytes else { break }
            guard try !isBound(session) else { continue }
            try remove(session)
            outcome.sessions.append(session)
            left -= bytes
        }
        outcome.freedBytes = try tidy()
        return outcome
    }

    /// Of the packs, bytes that do not lie there for nothing.
    func wantedBytes() throws(VaultError) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT coalesce(sum(bytes - dead), 0) FROM pack") ?? 0 }
    }

    /// All sessions, those longest unused first, with when they were added to last (ms since 1970) and their bytes in the packs.
    func sessionsByUse() throws(VaultError) -> [(session: SessionID, last: Int64, bytes: Int64)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT session, max(last_ms) AS last, (
                        SELECT coalesce(sum(length), 0) FROM segment
                        JOIN generation AS own ON own.number = segment.generation
                        JOIN file AS mine ON mine.number = own.file WHERE mine.session = file.session
                    ) AS bytes
                    FROM file JOIN generation ON generation.file = file.number GROUP BY session ORDER BY last
                    """
            ).compactMap { row in
                guard let session = SessionID(rawValue: try row.decode(forColumn: "session")) else { return nil }
                return (session, try row.number("last"), try row.number("bytes"))
            }
        }
    }
}
