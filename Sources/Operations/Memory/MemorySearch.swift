internal import Archive
internal import Domain

/// An episode that a search found.
package struct MemoryHit: Codable, Sendable {
    package let episode_id: String
    package let dispatch_key: String
    package let session_id: String
    package let captured_at: Timestamp
    package let title: String
    package let snippet: String
    /// memory, digest or raw.
    package let found_in: String
    package let score: Double
    /// Of several words that were looked for; false: some of them.
    package let has_all_words: Bool

    init(_ hit: SearchHit) {
        episode_id = hit.episode.rawValue
        dispatch_key = hit.dispatchKey
        session_id = hit.sessionID
        captured_at = Timestamp(hit.capturedMilliseconds)
        title = hit.title
        snippet = hit.snippet
        found_in = hit.source.rawValue
        score = hit.score
        has_all_words = hit.hasAllWords
    }
}

/// What a search finds, the best first.
package struct MemoryHits: Codable, Sendable {
    package let hits: [MemoryHit]
    /// What the graph knows, where that was asked for; absent else.
    package private(set) var graph: GraphFacts?
    /// Why it told nothing.
    package private(set) var graph_error: String?

    /// With what the graph knows of the same words: one that is away keeps nobody from the hits.
    package func withGraph(_ ask: () throws -> GraphFacts) -> MemoryHits {
        var found = self
        do { found.graph = try ask() } catch { found.graph_error = "\(error)" }
        return found
    }

    /// Said where no episode has all the words.
    package var fallback: String? {
        guard !hits.isEmpty, !hits.contains(where: \.has_all_words) else { return nil }
        return "no episode has all of these words; these have some of them"
    }
}

extension Workplace {
    /// Episodes by words in memories, digests and what was said; the best first.
    /// - Parameter marks: what stands around the words found; who shows them has a style of its own.
    package func search(
        _ words: String, key: String? = nil, sinceMilliseconds: Int64? = nil, limit: Int,
        marks: (before: String, after: String) = ("", "")
    ) throws -> MemoryHits {
        guard (1...100).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 100") }
        let found = try archive().search(
            ArchiveSearch(words, key: key, sinceMilliseconds: sinceMilliseconds, limit: limit, marks: marks))
        return MemoryHits(hits: found.map(MemoryHit.init))
    }
}
