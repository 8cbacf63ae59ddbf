package import Archive
internal import Domain
internal import Storage

extension Workplace {
    /// The archive, to be read.
    /// - Throws: when there is none yet, or it cannot be read.
    package func archive() throws -> Archive {
        let path = settings.archivePath(host: host)
        guard let archive = try Archive.openReadOnly(path: path) else {
            throw Failure(
                .no, "nothing is archived yet at \(path)", remedy: "the companion does it: 'holdfast up'",
                category: .archive_unavailable)
        }
        return archive
    }

    /// The archive, if there is one and it can be read.
    package var archiveIfAny: Archive? { (try? Archive.openReadOnly(path: settings.archivePath(host: host))) ?? nil }

    /// Episodes by words in memories, digests and what was said; the best first.
    package func search(
        _ words: String, key: String? = nil, sinceMilliseconds: Int64? = nil, limit: Int
    ) throws -> [MemoryHit] {
        guard (1...100).contains(limit) else { throw Failure(.usage, "limit is \(limit); allowed: 1 to 100") }
        return try archive().search(words, key: key, sinceMilliseconds: sinceMilliseconds, limit: limit)
            .map(MemoryHit.init)
    }
}

/// An episode that a search found.
package struct MemoryHit: Encodable, Sendable {
    package let episode_id: String
    package let dispatch_key: String
    package let session_id: String
    package let captured_at: String
    package let title: String
    package let snippet: String
    /// memory, digest or raw.
    package let found_in: String
    package let score: Double
    package let capturedMilliseconds: Int64

    private enum CodingKeys: CodingKey {
        case episode_id, dispatch_key, session_id, captured_at, title, snippet, found_in, score
    }

    init(_ hit: SearchHit) {
        episode_id = hit.episode.rawValue
        dispatch_key = hit.dispatchKey
        session_id = hit.sessionID
        captured_at = ISOTime.text(hit.capturedMilliseconds)
        title = hit.title
        snippet = hit.snippet
        found_in = hit.source.rawValue
        score = hit.score
        capturedMilliseconds = hit.capturedMilliseconds
    }
}
