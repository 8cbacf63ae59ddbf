internal import Domain
internal import GRDB

extension Archive {
    /// Finds episodes by words in their memory, their digest or what was said; the best first.
    ///
    /// Ranking everything that has a common word would mean to look at each of its places in 100,000 episodes, so of each
    /// index only the latest 1,000 episodes that have the words are ranked. A rare word is thus ranked exactly, a
    /// common one among what is recent. A word in a memory weighs 4, in a digest 2, in raw text 1; what is new weighs up to
    /// a quarter more, half of that after 30 days.
    /// - Parameters:
    ///   - key: a dispatch key, or the agent before its first "/".
    ///   - sinceMilliseconds: captured then or later.
    ///   - marks: around each word found.
    package func search(
        _ text: String, key: String? = nil, sinceMilliseconds: Int64? = nil, limit: Int = 20,
        marks: (before: String, after: String) = ("[", "]")
    ) throws(ArchiveError) -> [SearchHit] {
        guard let query = SearchQuery(text) else {
            throw .rejected(reason: "there is no word to look for; give at least one letter or digit")
        }
        let limit = min(max(0, limit), 100)
        return try read { database in
            let first = try sinceMilliseconds.map { since in
                try Int64.fetchOne(
                    database, sql: "SELECT min(number) FROM episode WHERE captured_ms >= ?", arguments: [since])
                    ?? Int64.max
            }
            var search = Search(query: query, key: key, since: sinceMilliseconds, firstNumber: first ?? 0)
            var found = try search.candidates(database)
            if found.isEmpty, query.terms.count > 1 {
                search.needsAll = false
                found = try search.candidates(database)
            }
            return try search.hits(of: Array(found.prefix(limit)), marks: marks, database)
        }
    }
}
