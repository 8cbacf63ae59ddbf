internal import Domain
internal import GRDB

extension Archive {
    /// Hands out the archive as JSON lines: a head, then an object for each episode, in the order they came. Holds a
    /// few episodes in memory at a time; what is archived meanwhile may be among them or not.
    /// - Parameters:
    ///   - key: a dispatch key, or the agent before its first "/".
    ///   - body: gets each line, without the line break. It may call the archive.
    package func export(
        key: String? = nil, sinceMilliseconds: Int64? = nil, _ body: (String) throws -> Void
    ) throws {
        try body(ExportLine.json(ExportLine.Head(holdfastArchive: ExportLine.format, archiveID: id)))
        var last: Int64 = 0
        while true {
            let page = try exportPage(after: last, key: key, since: sinceMilliseconds)
            for line in page.lines { try body(line) }
            guard let next = page.last else { return }
            last = next
        }
    }

    private func exportPage(
        after last: Int64, key: String?, since: Int64?
    ) throws(ArchiveError) -> (lines: [String], last: Int64?) {
        try read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT * FROM episode WHERE number > ? AND captured_ms >= ? ORDER BY number LIMIT 16
                    """)
            let rows = try Row.fetchAll(statement, arguments: [last, since ?? Int64.min])
            let lines = try rows.compactMap { row -> String? in
                if let key, !SearchScope.includes(try row.value("dispatch_key"), in: key) { return nil }
                let content = try EpisodeContent(of: row.value("number"), database)
                return try ExportLine.json(ExportLine(ArchivedEpisode(row, content, database), content))
            }
            return (lines, try rows.last?.value("number"))
        }
    }
}
