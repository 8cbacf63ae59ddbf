internal import Platform

/// What this companion knows of its pool's archive, whatever Redis forgets: a line in the state folder.
struct PoolMark: Sendable {
    struct Known: Sendable, Equatable {
        let id: String
        /// It was in this companion's hands.
        let isOwn: Bool
    }

    let path: String
    let pool: String

    /// The archive that the pool had last; nil where none is known, or it was another pool then.
    var last: Known? {
        // One that cannot be read says nothing: then it is as with a companion that is new to the pool.
        let words = (try? Files.read(path, limit: 4096))?.split(whereSeparator: \.isWhitespace) ?? []
        guard words.count == 3, words[0] == pool else { return nil }
        return Known(id: String(words[1]), isOwn: words[2] == "own")
    }

    func note(_ id: String, isOwn: Bool) {
        guard last != Known(id: id, isOwn: isOwn) else { return }
        // On a full disk it is told again in the next round.
        try? Files.write("\(pool) \(id) \(isOwn ? "own" : "other")\n", to: path)
    }
}
