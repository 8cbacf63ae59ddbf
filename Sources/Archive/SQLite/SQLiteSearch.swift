internal import Domain
internal import GRDB

extension SQLiteArchive {
    func search(_ search: ArchiveSearch) throws(ArchiveError) -> [SearchHit] {
        guard let query = SearchQuery(search.text) else {
            throw .rejected(reason: "there is no word to look for; give at least one letter or digit")
        }
        return try read { database in
            let first = try search.sinceMilliseconds.map { since in
                try Int64.fetchOne(
                    database, sql: "SELECT min(number) FROM episode WHERE captured_ms >= ?", arguments: [since])
                    ?? Int64.max
            }
            var ranking = SQLiteSearch(
                query: query, key: search.key, since: search.sinceMilliseconds, firstNumber: first ?? 0)
            var found = try ranking.candidates(database)
            if found.isEmpty, query.terms.count > 1 {
                ranking.needsAll = false
                // No index has them all in one of its texts; an episode may have them in both.
                found = try ranking.byWords(try ranking.candidates(database), database)
            }
            return try ranking.hits(of: Array(found.prefix(search.limit)), marks: search.marks, database)
        }
    }
}

/// One search within one read of the archive.
///
/// Ranking everything that has a common word would mean to look at each of its places in 100,000 episodes, so of each
/// index only the latest 1,000 episodes that have the words are ranked. A rare word is thus ranked exactly, a
/// common one among what is recent. A word in a memory weighs 4, in a digest 2, in raw text 1; what is new weighs up to
/// a quarter more, half of that after 30 days.
struct SQLiteSearch {
    let query: SearchQuery
    let key: String?
    let since: Int64?
    /// No episode before it is new enough.
    let firstNumber: Int64
    var needsAll = true

    /// Of each index, so many are ranked.
    private static let candidateLimit = 1000

    enum Index: String, CaseIterable {
        case memory = "memory_words"
        case conversation = "conversation_words"

        var columns: String { self == .memory ? "text" : "digest raw" }
        var weights: String { self == .memory ? "4.0, 0.0" : "2.0, 1.0, 0.0" }
    }

    struct Candidate {
        var number: Int64
        var capturedMilliseconds: Int64
        var score: Double
        var index: Index
        var session: String
        /// It is a session's summary.
        var isSummary: Bool
        var hasAllWords = true
    }

    private func expression(_ index: Index) -> String {
        query.expression(
            columns: index.columns, all: needsAll, scopes: key.map(SearchScope.alternatives) ?? [])
    }

    /// Episodes, each by its better index, the best first.
    func candidates(_ database: Database) throws -> [Candidate] {
        var best: [Int64: Candidate] = [:]
        for index in Index.allCases {
            let words = index.rawValue
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(words).rowid, -bm25(\(words), \(index.weights)), captured_ms, dispatch_key, session_id, filter
                    FROM \(words) JOIN episode ON episode.number = \(words).rowid
                    WHERE \(words) MATCH ? AND \(words).rowid >= ? AND captured_ms >= ?
                    ORDER BY \(words).rowid DESC LIMIT \(Self.candidateLimit)
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: [expression(index), firstNumber, since ?? Int64.min])
            while let row = try rows.next() {
                // The index knows keys by their hash.
                if let key, !SearchScope.includes(try row.value(3), in: key) { continue }
                let candidate = try Candidate(
                    number: row.value(0), capturedMilliseconds: row.value(2), score: row.value(1), index: index,
                    session: row.value(4), isSummary: row.value(5) as String == StoredEpisode.summaryMark)
                if candidate.score > best[candidate.number]?.score ?? -.infinity { best[candidate.number] = candidate }
            }
        }
        // What a summary says is found where it was said, unless it says it in other words.
        let told = Set(best.values.filter { !$0.isSummary }.map(\.session))
        let found = best.values.filter { !$0.isSummary || !told.contains($0.session) }
        let newest = found.map(\.capturedMilliseconds).max() ?? 0
        let ranked = found.map { candidate in
            var candidate = candidate
            let age = Double(newest - candidate.capturedMilliseconds) / (30 * 86_400_000)
            candidate.score *= 1 + 0.25 / (1 + age)
            return candidate
        }
        return ranked.sorted { ($0.score, $0.number) > ($1.score, $1.number) }
    }

    /// Those first that have more of the words, wherever these stand.
    func byWords(_ candidates: [Candidate], _ database: Database) throws -> [Candidate] {
        var counts: [Int64: Int] = [:]
        let numbers = "[" + candidates.map { String($0.number) }.joined(separator: ",") + "]"
        for index in query.terms.indices {
            var having: Set<Int64> = []
            for words in Index.allCases {
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT rowid FROM \(words.rawValue)
                        WHERE \(words.rawValue) MATCH ? AND +rowid IN (SELECT value FROM json_each(?))
                        """)
                having.formUnion(
                    try Int64.fetchAll(
                        statement, arguments: [query.expression(columns: words.columns, term: index), numbers]))
            }
            for number in having { counts[number, default: 0] += 1 }
        }
        return candidates.map { candidate in
            var candidate = candidate
            candidate.hasAllWords = counts[candidate.number] == query.terms.count
            return candidate
        }.sorted { one, other in
            let (first, second) = (counts[one.number] ?? 0, counts[other.number] ?? 0)
            return (first, one.score, one.number) > (second, other.score, other.number)
        }
    }

    func hits(
        of candidates: [Candidate], marks: (before: String, after: String), _ database: Database
    ) throws -> [SearchHit] {
        var excerpts: [Int64: Excerpt] = [:]
        for index in Index.allCases {
            let numbers = candidates.filter { $0.index == index }.map(\.number)
            excerpts.merge(try self.excerpts(of: numbers, index, marks: marks, database)) { first, _ in first }
        }
        let find = try database.cachedStatement(
            sql: """
                SELECT id, dispatch_key, session_id, digest.title, memory.body FROM episode
                LEFT JOIN digest ON digest.episode = number LEFT JOIN memory ON memory.episode = number
                WHERE number = ?
                """)
        return try candidates.compactMap { candidate in
            guard let row = try Row.fetchOne(find, arguments: [candidate.number]),
                let id = EpisodeID(rawValue: try row.value(0)), let excerpt = excerpts[candidate.number]
            else { return nil }
            var title = try (row.value(3) as String?) ?? ""
            if let body: String = try row.value(4), let memory = try? Memory(json: body), !memory.title.isEmpty {
                title = memory.title
            }
            return try SearchHit(
                episode: id, dispatchKey: row.value(1), sessionID: row.value(2),
                capturedMilliseconds: candidate.capturedMilliseconds, title: PlainText.line(title),
                snippet: excerpt.text, source: excerpt.source, score: candidate.score,
                hasAllWords: candidate.hasAllWords)
        }
    }

    private struct Excerpt {
        var text: String
        var source: SearchHit.Source
    }

    /// One pass for all of them: to begin such a query anew for each would gather the words' places each time.
    private func excerpts(
        of numbers: [Int64], _ index: Index, marks: (before: String, after: String), _ database: Database
    ) throws -> [Int64: Excerpt] {
        guard let first = numbers.min(), let last = numbers.max() else { return [:] }
        let words = index.rawValue
        let columns = index == .memory ? 1 : 2
        let snippets = (0..<columns).map { "snippet(\(words), \($0), :before, :after, '…', 24)" }
        // Marks that no text holds, by chance or by intent, until what surrounds them is made plain.
        let secret = Checksum.fnv1a("\(UInt64.random(in: .min ... .max))").hexadecimal
        let before = "\u{E000}\(secret)<", after = "\u{E000}\(secret)>"
        let statement = try database.cachedStatement(
            sql: """
                SELECT rowid, \(snippets.joined(separator: ", ")) FROM \(words)
                WHERE \(words) MATCH :query AND rowid BETWEEN :first AND :last
                    AND +rowid IN (SELECT value FROM json_each(:numbers))
                ORDER BY rowid DESC
                """)
        let rows = try Row.fetchCursor(
            statement,
            arguments: [
                "before": before, "after": after, "query": expression(index), "first": first, "last": last,
                "numbers": "[" + numbers.map(String.init).joined(separator: ",") + "]",
            ])
        var excerpts: [Int64: Excerpt] = [:]
        while let row = try rows.next() {
            let sources: [SearchHit.Source] = index == .memory ? [.memory] : [.digest, .raw]
            let texts = try (1...columns).map { try row.value($0) ?? "" }
            let best = texts.firstIndex { $0.contains(before) } ?? columns - 1
            let words = sources[best] == .digest ? Digest.withoutSigns(texts[best]) : texts[best]
            let text = PlainText.line(words)
                .split(separator: before, omittingEmptySubsequences: false).joined(separator: marks.before)
                .split(separator: after, omittingEmptySubsequences: false).joined(separator: marks.after)
            excerpts[try row.value(0)] = Excerpt(text: text, source: sources[best])
        }
        return excerpts
    }
}
