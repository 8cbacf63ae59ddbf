internal import Domain

/// An episode on its way into the archive: its content read and hashed.
struct Arrival {
    struct Line {
        var content: EpisodeLine
        /// Of the entry; empty where there is none.
        var key: [UInt8]
    }

    enum Damage: String {
        /// The content is not what was captured.
        case checksum
        /// A line of it cannot be understood.
        case line
        /// It came without content, from an archive that was damaged.
        case lost
    }

    let episode: StoredEpisode
    let lines: [Line]
    var damage: Damage?

    init(_ episode: StoredEpisode) {
        self.episode = episode
        guard episode.discardedMilliseconds == nil else {
            lines = []
            return
        }
        lines = EpisodeLine.all(of: episode.content).enumerated().map { position, line in
            let key = line.entry.map { EpisodeLine.key(of: $0, place: "\(episode.id) \(position)") }
            return Line(content: line, key: key ?? [])
        }
        if SHA256.hexadecimal(of: episode.content) != episode.sha256 {
            damage = .checksum
        } else if lines.contains(where: { $0.content.entry == nil }) {
            damage = .line
        }
    }

    var damageReason: String {
        switch damage {
        case .checksum: "its content does not match its SHA-256"
        case .line: "a line of it is no entry that this version knows"
        case .lost: "its content was lost with a damaged archive"
        case nil: ""
        }
    }
}
