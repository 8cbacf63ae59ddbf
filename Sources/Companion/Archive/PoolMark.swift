internal import Platform

/// What this companion knows of its pool's archive, whatever Redis forgets: a line in the state folder.
struct PoolMark: Sendable {
    struct Known: Sendable, Equatable {
        let id: String
        /// It was in this companion's hands, at the place where it is looked for now.
        let isOwn: Bool
    }

    let path: String
    let pool: String
    /// Where the archive lies by the settings: one that is missing since they changed is not deleted.
    let place: String

    /// The archive that the pool had last; nil where none is known, or it was another pool then.
    var last: Known? {
        // One that cannot be read says nothing: then it is as with a companion that is new to the pool.
        let text = (try? Files.read(path, limit: 8192)) ?? ""
        let words = text.split(separator: "\n").first?.split(separator: " ", maxSplits: 3) ?? []
        guard words.count == 4, words[0] == pool else { return nil }
        return Known(id: String(words[1]), isOwn: words[2] == "own" && words[3] == place)
    }

    func note(_ id: String, isOwn: Bool) {
        guard last != Known(id: id, isOwn: isOwn) else { return }
        // On a full disk it is told again in the next round.
        try? Files.write("\(pool) \(id) \(isOwn ? "own" : "other") \(place)\n", to: path)
    }
}
