internal import Domain
internal import FoundationEssentials
internal import GRDB

/// Words are taken out of the archive for good.
extension SQLiteArchive {
    func forget(_ forgotten: Forgotten, nowMilliseconds: Int64) throws(ArchiveError) {
        do {
            try database.writeWithoutTransaction { database in
                // What is freed is written over; the file as a whole is written anew by `scrub`.
                try database.execute(sql: "PRAGMA secure_delete = ON")
                try database.inTransaction {
                    try ForgettingWriter(database, forgotten, nowMilliseconds: nowMilliseconds).run()
                    return .commit
                }
            }
        } catch {
            throw ArchiveError(error)
        }
    }

    /// Bytes of a file up to which its new one is put together in memory. Beyond, it lies in a file without a name for as
    /// long as that takes, and holds only what stays.
    private static let memoryLimit: Int64 = 256 << 20

    func scrub() throws(ArchiveError) {
        do {
            try database.writeWithoutTransaction { database in
                for index in ["conversation_words", "memory_words"] {
                    try database.execute(sql: "INSERT INTO \(index) (\(index)) VALUES ('rebuild')")
                }
                let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                let size = pages * (try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
                if size > Self.memoryLimit { try database.execute(sql: "PRAGMA temp_store = FILE") }
                try database.execute(sql: "VACUUM")
                try database.execute(sql: "PRAGMA temp_store = MEMORY")
                try database.execute(sql: "PRAGMA shrink_memory")
                // A reader that is in the log lets it stand as it is: it is tried again.
                _ = try database.checkpoint(.truncate)
            }
        } catch {
            throw ArchiveError(error)
        }
    }

    func noteForgotten(_ mark: String, of session: SessionID, nowMilliseconds: Int64) throws(ArchiveError) {
        try write { database in
            try database.execute(
                sql: "DELETE FROM forgotten WHERE kind = 'tombstone' AND session_id = ?", arguments: [session.rawValue])
            try database.execute(
                sql: "INSERT INTO forgotten VALUES ('tombstone', ?, ?, ?)",
                arguments: [mark, session.rawValue, nowMilliseconds])
        }
    }
}

/// Removes what is forgotten within one transaction.
struct ForgettingWriter {
    private let database: Database
    private let forgotten: Forgotten
    private let now: Int64

    init(_ database: Database, _ forgotten: Forgotten, nowMilliseconds: Int64) {
        self.database = database
        self.forgotten = forgotten
        now = nowMilliseconds
    }

    /// An episode of which something goes.
    private struct Loss {
        /// Where its lines go.
        var positions: Set<Int> = []
        /// Something goes that no earlier episode brought: its memory was made of that.
        var isOfItsOwn = false
    }

    func run() throws {
        try remember()
        var losses: [Int64: Loss] = [:]
        let gone = try goneEpisodes()
        for (number, episode, position) in try goneEntries(of: gone) {
            losses[episode, default: Loss()].positions.insert(position)
            losses[episode]?.isOfItsOwn = true
            let copies = try Row.fetchAll(
                database, sql: "SELECT episode, position FROM repetition WHERE entry = ?", arguments: [number])
            for copy in copies {
                losses[try copy.value("episode"), default: Loss()].positions.insert(try copy.value("position"))
            }
            try database.execute(sql: "DELETE FROM repetition WHERE entry = ?", arguments: [number])
            try database.execute(sql: "DELETE FROM entry WHERE number = ?", arguments: [number])
        }
        for id in forgotten.remarks {
            let number = try Int64.fetchOne(
                database, sql: "SELECT number FROM episode WHERE id = ?", arguments: [id.rawValue])
            if let number, losses[number] == nil { losses[number] = Loss() }
        }
        let summaries = try self.summaries(of: gone.union(losses.keys)).subtracting(gone)
        for number in gone { try empty(number) }
        for (number, loss) in losses where !gone.contains(number) { try shorten(number, loss) }
        for number in summaries { try emptySummary(number) }
    }

    /// The summaries of the sessions of episodes: they may tell what is forgotten.
    private func summaries(of episodes: Set<Int64>) throws -> Set<Int64> {
        let find = try database.cachedStatement(
            sql: """
                SELECT number FROM episode WHERE filter = ?
                    AND session_id = (SELECT session_id FROM episode WHERE number = ?)
                """)
        return try episodes.reduce(into: []) { found, number in
            found.formUnion(try Int64.fetchAll(find, arguments: [StoredEpisode.summaryMark, number]))
        }
    }

    /// Of what is left of the session another is made: its name is free.
    private func emptySummary(_ number: Int64) throws {
        try empty(number)
        try database.execute(
            sql: "UPDATE episode SET id = lower(hex(randomblob(16))) WHERE number = ?", arguments: [number])
    }

    private func remember() throws {
        let add = try database.cachedStatement(sql: "INSERT OR IGNORE INTO forgotten VALUES (?, ?, '', ?)")
        let names =
            forgotten.sessions.map { ("session", $0.rawValue) } + forgotten.messages.map { ("message", $0) }
            + forgotten.episodes.map { ("episode", $0.rawValue) }
        for (kind, id) in names { try add.execute(arguments: [kind, id, now]) }
    }

    /// The numbers of episodes of which nothing stays.
    private func goneEpisodes() throws -> Set<Int64> {
        var gone: Set<Int64> = []
        for session in forgotten.sessions {
            gone.formUnion(
                try Int64.fetchAll(
                    database, sql: "SELECT number FROM episode WHERE session_id = ?", arguments: [session.rawValue]))
        }
        for id in forgotten.episodes {
            gone.formUnion(
                try Int64.fetchAll(database, sql: "SELECT number FROM episode WHERE id = ?", arguments: [id.rawValue]))
        }
        return gone
    }

    private func goneEntries(of gone: Set<Int64>) throws -> [(number: Int64, episode: Int64, position: Int)] {
        guard !forgotten.messages.isEmpty || !gone.isEmpty else { return [] }
        var found: [(number: Int64, episode: Int64, position: Int)] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT number, episode, position, uuid, hash FROM entry")
        while let row = try rows.next() {
            let identity = EpisodeEntry.identity(uuid: try row.value("uuid"), hash: try row.value("hash"))
            let episode: Int64 = try row.value("episode")
            guard gone.contains(episode) || forgotten.messages.contains(identity) else { continue }
            found.append((try row.value("number"), episode, try row.value("position")))
        }
        return found
    }

    /// The row stays, as of one that was given up: numbers are never taken back, and its name never comes again.
    private func empty(_ number: Int64) throws {
        try removeMemory(of: number)
        for table in ["repetition", "unreadable", "digest", "text_summary"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE episode = ?", arguments: [number])
        }
        try database.execute(
            sql: """
                UPDATE episode SET place = 'finished', outcome = 'discarded', discarded_ms = coalesce(discarded_ms, :now),
                    finished_ms = coalesce(finished_ms, :now), needs_reprocessing = 0, entry_count = 0, new_entry_count = 0,
                    sha256 = '', damage = '', error_type = '', error_message = '' WHERE number = :number
                """, arguments: ["now": now, "number": number])
    }

    private func removeMemory(of number: Int64) throws {
        for table in ["delivery", "memory_sum", "memory"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE episode = ?", arguments: [number])
        }
    }

    /// Of texts whose digests went; all of them where a word of the episode's own is forgotten, or one of them or the memory
    /// is what says it: the others may say it in their words.
    private func removeSummaries(of number: Int64, keeping entries: [EpisodeEntry]) throws {
        let kept = Set(entries.compactMap { DigestMark(ending: $0.text)?.sum })
        for sum in try String.fetchAll(
            database, sql: "SELECT sum FROM text_summary WHERE episode = ?", arguments: [number])
        where !kept.contains(sum) {
            try database.execute(
                sql: "DELETE FROM text_summary WHERE episode = ? AND sum = ?", arguments: [number, sum])
        }
    }

    private func shorten(_ number: Int64, _ loss: Loss) throws {
        for position in loss.positions {
            try database.execute(
                sql: "DELETE FROM unreadable WHERE episode = ? AND position = ?", arguments: [number, position])
        }
        let content = try EpisodeContent(of: number, database)
        guard !content.lines.isEmpty else { return try empty(number) }
        try removeSummaries(of: number, keeping: loss.isOfItsOwn || loss.positions.isEmpty ? [] : content.entries)
        let new = content.lines.filter(\.isNew).compactMap(\.entry)
        let losesMemory = loss.isOfItsOwn || loss.positions.isEmpty
        if losesMemory {
            try removeMemory(of: number)
            let digest = Digest(of: new)
            try database.execute(
                sql: "UPDATE digest SET title = ?, text = ? WHERE episode = ?",
                arguments: [digest.title, digest.text, number])
            try database.execute(
                sql: """
                    UPDATE episode SET error_type = '', error_message = '',
                        -- Of the rest a memory is made anew, unless it was the memory that said what is forgotten.
                        needs_reprocessing = iif(outcome = 'memory' AND :wanted, 1, needs_reprocessing),
                        outcome = iif(outcome = 'memory', iif(:new > 0, 'raw', 'duplicate'), outcome)
                    WHERE number = :number
                    """,
                arguments: ["wanted": loss.isOfItsOwn && !new.isEmpty, "new": new.count, "number": number])
        }
        try database.execute(
            sql: """
                UPDATE episode SET entry_count = ?, new_entry_count = ?,
                    sha256 = iif(damage IN ('checksum', 'lost'), sha256, ?) WHERE number = ?
                """,
            arguments: [content.lines.count, new.count, Arrival.checksum(of: content.text), number])
    }
}
