internal import Domain
internal import FoundationEssentials
internal import GRDB

/// The lines of an episode as they came, from the entries that it brought, those that others brought, and what is kept
/// as it was.
struct EpisodeContent {
    struct Line {
        var entry: EpisodeEntry?
        var text: String
        /// The episode is the first that has it.
        var isNew: Bool
        /// The text is not what the entry would write.
        var isRaw: Bool
    }

    let lines: [Line]

    init(of number: Int64, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT position, 1 AS is_new, uuid, hash, role, at, agent, text, NULL AS line
                FROM entry WHERE episode = :number
                UNION ALL
                SELECT repetition.position, 0, uuid, hash, role, at, agent, text, NULL
                FROM repetition JOIN entry ON entry.number = repetition.entry WHERE repetition.episode = :number
                UNION ALL
                SELECT position, 0, NULL, NULL, NULL, NULL, NULL, NULL, line FROM unreadable WHERE episode = :number
                ORDER BY 1
                """)
        var byPosition: [Int: Line] = [:]
        let rows = try Row.fetchCursor(statement, arguments: ["number": number])
        while let row = try rows.next() {
            let position: Int = try row.value(0)
            if let bytes: Data = try row.value(8) {
                let text = String(decoding: bytes, as: UTF8.self)
                // What is kept as it was goes before what could be written.
                let entry = EpisodeLine.all(of: text).first?.entry
                byPosition[position] = Line(
                    entry: entry, text: text, isNew: byPosition[position]?.isNew ?? (entry == nil), isRaw: true)
            } else if byPosition[position]?.isRaw == true {
                byPosition[position]?.isNew = try row.value(1)
            } else {
                guard let role = EpisodeEntry.Role(rawValue: try row.value(4)) else {
                    throw ArchiveError.corrupt(reason: "an entry has no role")
                }
                let entry = try EpisodeEntry(
                    uuid: row.value(2), hash: row.value(3), role: role, at: row.value(5), text: row.value(7),
                    agent: row.value(6))
                byPosition[position] = Line(entry: entry, text: entry.json, isNew: try row.value(1), isRaw: false)
            }
        }
        lines = byPosition.sorted { $0.key < $1.key }.map(\.value)
    }

    var text: String { lines.map(\.text).joined(separator: "\n") }
    var entries: [EpisodeEntry] { lines.compactMap(\.entry) }
}
