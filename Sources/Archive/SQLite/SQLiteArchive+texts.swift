internal import Domain
internal import GRDB

/// Summaries of long texts, each beside the episode that keeps the digest: what is forgotten there takes them along.
extension SQLiteArchive {
    func store(_ summaries: [TextSummary], of episode: EpisodeID) throws(ArchiveError) -> Bool {
        try write { database in
            let find = try database.cachedStatement(
                sql: "SELECT number FROM episode WHERE id = ? AND discarded_ms IS NULL")
            guard let number = try Int64.fetchOne(find, arguments: [episode.rawValue]) else { return false }
            // What was forgotten meanwhile has no digest here any more.
            let entries = try EpisodeContent(of: number, database).entries
            let sums = Set(entries.compactMap { DigestMark(ending: $0.text)?.sum })
            try Self.insert(summaries.filter { sums.contains($0.sum) }, of: number, database)
            return true
        }
    }

    /// Of a text that has one already, the first stays, unless a disk altered it.
    static func insert(_ summaries: [TextSummary], of number: Int64, _ database: Database) throws {
        let find = try database.cachedStatement(sql: "SELECT * FROM text_summary WHERE sum = ? AND episode = ?")
        let add = try database.cachedStatement(sql: "INSERT OR REPLACE INTO text_summary VALUES (?, ?, ?, ?, ?, ?, ?)")
        for summary in summaries {
            let known = try Row.fetchOne(find, arguments: [summary.sum, number])
            guard try known.flatMap({ try TextSummary($0) }) == nil else { continue }
            try add.execute(arguments: [
                number, summary.sum, summary.text, summary.provider, summary.model, summary.madeMilliseconds,
                Arrival.checksum(of: summary.text),
            ])
        }
    }

    func textSummaries(of sums: Set<String>) throws(ArchiveError) -> [TextSummary] {
        try read { database in
            let find = try database.cachedStatement(sql: "SELECT * FROM text_summary WHERE sum = ?")
            return try sums.compactMap { sum in
                try Row.fetchAll(find, arguments: [sum]).lazy.compactMap { try TextSummary($0) }.first
            }
        }
    }

    /// Those of the texts that an episode keeps digests of, whether it brought them or repeats them.
    static func textSummaries(shownIn number: Int64, _ database: Database) throws -> [TextSummary] {
        // Archives of earlier versions have none.
        guard try database.tableExists("text_summary") else { return [] }
        let find = try database.cachedStatement(
            sql: """
                SELECT * FROM text_summary WHERE episode = :number
                UNION ALL
                SELECT * FROM text_summary WHERE episode IN (
                    SELECT entry.episode FROM repetition JOIN entry ON entry.number = repetition.entry
                    WHERE repetition.episode = :number)
                """)
        return try Row.fetchAll(find, arguments: ["number": number]).compactMap { try TextSummary($0) }
    }
}

extension TextSummary {
    /// - Returns: nil where a disk altered it: the digest stands then.
    init?(_ row: Row) throws {
        let text: String = try row.value("text"), sha256: String = try row.value("sha256")
        guard Arrival.checksum(of: text) == sha256 else { return nil }
        try self.init(
            sum: row.value("sum"), text: text, provider: row.value("provider"), model: row.value("model"),
            madeMilliseconds: row.value("made_ms"))
    }
}
