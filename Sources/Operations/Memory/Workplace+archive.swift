package import Archive
internal import Settings

extension Workplace {
    /// The archive, to be read.
    /// - Throws: when there is none yet, or it cannot be read.
    package func archive() throws -> Archive {
        let path = settings.archivePath(host: host)
        guard let archive = try Archive.openReadOnly(path: path) else {
            throw Failure(
                .no, "nothing is archived yet at \(path)", remedy: "the companion does it: 'holdfast up'",
                category: .not_found)
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
