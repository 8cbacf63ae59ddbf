package import Domain
internal import GRDB

extension Archive {
    /// What episodes hold of the files, in the order of the bytes. One whose content does not match its checksum, or was
    /// lost, holds nothing.
    package func heldSpans(of files: [FileID]) throws(ArchiveError) -> [FileID: [ArchivedSpan]] {
        try read { database in
            let find = try database.cachedStatement(
                sql: """
                    SELECT number, generation, bytes_from, bytes_to, filter, outcome, discarded_ms, new_entry_count
                    FROM episode WHERE file_id = ? AND damage NOT IN ('checksum', 'lost')
                    ORDER BY generation, bytes_from, bytes_to, number
                    """)
            let findUUIDs = try database.cachedStatement(
                sql: """
                    SELECT uuid FROM entry WHERE episode = :number
                    UNION ALL
                    SELECT uuid FROM repetition JOIN entry ON entry.number = repetition.entry
                    WHERE repetition.episode = :number
                    """)
            var spans: [FileID: [ArchivedSpan]] = [:]
            for file in files {
                for row in try Row.fetchAll(find, arguments: [file.rawValue]) {
                    let uuids = try String.fetchAll(findUUIDs, arguments: ["number": try row.value(0) as Int64])
                    let from: Int64 = try row.value(2)
                    let outcome: String? = try row.value(5), discarded: Int64? = try row.value(6)
                    spans[file, default: []].append(
                        try ArchivedSpan(
                            file: file, generation: row.value(1), bytes: from..<max(from, row.value(3)),
                            uuids: Set(uuids.filter { !$0.isEmpty }), filterMark: row.value(4),
                            isDiscarded: outcome == "discarded" || discarded != nil))
                }
            }
            return spans
        }
    }

    /// The files that episodes came from.
    package func files() throws(ArchiveError) -> [FileID] {
        try read { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT file_id FROM episode ORDER BY file_id")
                .compactMap { FileID(rawValue: $0) }
        }
    }
}
