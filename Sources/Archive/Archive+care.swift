internal import GRDB

/// What is done while nothing else is.
extension Archive {
    /// Reads all of the file and throws `corrupt` when it is not sound. It takes as long as that.
    package func quickCheck() throws(ArchiveError) {
        let found = try read { database in try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer" }
        guard found == "ok" else { throw .corrupt(reason: found) }
    }

    /// Writes the log into the file and empties it, unless someone reads in it.
    package func checkpoint() throws(ArchiveError) {
        do {
            _ = try database.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader is in it: the next one does it.
        } catch {
            throw ArchiveError(error)
        }
    }

    /// Merges a little of the full-text indexes, 200 pages' worth each.
    /// - Returns: whether there is more to merge.
    package func optimize() throws(ArchiveError) -> Bool {
        try write { database in
            var merged = false
            for words in ["conversation_words", "memory_words"] {
                let before = database.totalChangesCount
                try database.execute(sql: "INSERT INTO \(words) (\(words), rank) VALUES ('merge', 200)")
                // A merge that finds nothing to do changes less than two rows (FTS5, 6.9).
                merged = merged || database.totalChangesCount - before >= 2
            }
            try database.execute(sql: "PRAGMA optimize")
            return merged
        }
    }
}

extension Archive {
    /// Ends all connections; every later call throws.
    package func close() throws(ArchiveError) {
        do { try database.close() } catch { throw ArchiveError(error) }
    }
}
