internal import Domain
internal import FoundationEssentials
internal import GRDB

/// Puts right what a disk has altered, when the words come in again.
extension EpisodeWriter {
    /// An entry's key is made of its words: a row of that key with other words was altered.
    func mend(_ row: Row, _ entry: EpisodeEntry) throws {
        let (uuid, hash, role, text): (String, String, String, String) = try (
            row.value("uuid"), row.value("hash"), row.value("role"), row.value("text")
        )
        guard (uuid, hash, role, text) != (entry.uuid, entry.hash, entry.role.rawValue, entry.text) else { return }
        try database.execute(
            sql: "UPDATE entry SET uuid = ?, hash = ?, role = ?, text = ? WHERE number = ?",
            arguments: [entry.uuid, entry.hash, entry.role.rawValue, entry.text, try row.value("number") as Int64])
    }

    /// Whether all that an episode brings was remembered before its words were damaged: they are read again, cut at other
    /// places, and the memories are there.
    func isRemembered(_ episode: StoredEpisode, _ number: Int64) throws -> Bool {
        guard let file = episode.file, !episode.bytes.isEmpty else { return false }
        let find = try database.cachedStatement(
            sql: """
                SELECT bytes_from, bytes_to, damage IN ('checksum', 'lost') FROM episode
                WHERE file_id = ? AND generation = ? AND number <> ? AND bytes_from < ? AND bytes_to > ?
                    AND (damage NOT IN ('checksum', 'lost')
                        OR EXISTS (SELECT 1 FROM memory WHERE memory.episode = episode.number))
                ORDER BY bytes_from
                """)
        var end = episode.bytes.lowerBound, wasDamaged = false
        let rows = try Row.fetchCursor(
            find,
            arguments: [
                file.rawValue, episode.generation, number, episode.bytes.upperBound, episode.bytes.lowerBound,
            ])
        while let row = try rows.next() {
            guard try row.value(0) <= end else { return false }
            end = max(end, try row.value(1))
            if try row.value(2) { wasDamaged = true }
        }
        return wasDamaged && end >= episode.bytes.upperBound
    }

    /// Writes the words of an episode over those that are not what was captured. The index was made of the right ones.
    /// Where they are not what was captured even so, it stays known as damaged.
    func repair(_ arrival: Arrival, _ number: Int64) throws {
        for (position, line) in arrival.lines.enumerated() {
            if let entry = line.content.storable { try put(entry, key: Data(line.key), number, position) }
            if let raw = line.content.raw {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?)",
                    arguments: [number, position, Data(raw.utf8)])
            }
        }
        let content = try EpisodeContent(of: number, database).text
        guard Arrival.checksum(of: content) == arrival.episode.sha256 else { return }
        try database.execute(
            sql: "UPDATE episode SET damage = '', sha256 = ? WHERE number = ?",
            arguments: [arrival.episode.sha256, number])
    }

    private func put(_ entry: EpisodeEntry, key: Data, _ number: Int64, _ position: Int) throws {
        let own = try Row.fetchOne(
            database, sql: "SELECT * FROM entry WHERE episode = ? AND position = ?", arguments: [number, position])
        let known = try Row.fetchOne(database, sql: "SELECT * FROM entry WHERE key = ?", arguments: [key])
        if let known {
            try mend(known, entry)
            let isOwn = try own.map { try $0.value("number") as Int64 == known.value("number") } ?? false
            if isOwn {
                try database.execute(
                    sql: "UPDATE entry SET at = ?, agent = ? WHERE number = ?",
                    arguments: [entry.at, entry.subagent, try known.value("number") as Int64])
            } else {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO repetition VALUES (?, ?, ?)",
                    arguments: [number, position, try known.value("number") as Int64])
            }
        } else if let own {
            try database.execute(
                sql: """
                    UPDATE entry SET key = ?, uuid = ?, hash = ?, role = ?, at = ?, agent = ?, text = ? WHERE number = ?
                    """,
                arguments: [
                    key, entry.uuid, entry.hash, entry.role.rawValue, entry.at, entry.subagent, entry.text,
                    try own.value("number") as Int64,
                ])
        } else {
            try database.execute(
                sql: """
                    INSERT INTO entry (key, episode, position, uuid, hash, role, at, agent, text)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key, number, position, entry.uuid, entry.hash, entry.role.rawValue, entry.at, entry.subagent,
                    entry.text,
                ])
        }
    }
}
