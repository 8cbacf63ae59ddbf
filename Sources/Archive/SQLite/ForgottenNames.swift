internal import Domain
internal import GRDB

/// What this archive takes in no more, asked episode by episode.
struct ForgottenNames {
    private let isAnything: Bool
    private let find: Statement?

    init(_ database: Database) throws {
        isAnything =
            try Bool.fetchOne(
                database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM forgotten)")) ?? false
        find = isAnything ? try database.cachedStatement(sql: "SELECT 1 FROM forgotten WHERE kind = ? AND id = ?") : nil
    }

    /// - Returns: nil where nothing of the episode is forgotten.
    func remainder(of episode: StoredEpisode) throws -> Forgotten.Remainder? {
        guard isAnything else { return nil }
        if try includes("session", episode.sessionID) || includes("episode", episode.id.rawValue) { return .nothing }
        var forgotten = Forgotten()
        for entry in EpisodeEntry.all(of: episode.content) where try includes("message", entry.identity) {
            forgotten.messages.insert(entry.identity)
        }
        let remainder = forgotten.remainder(of: episode.content, episode.id, ofSession: episode.sessionID)
        return remainder == .all ? nil : remainder
    }

    /// - Returns: nil where all of it is forgotten. A memory that was made of what is forgotten goes, too.
    func whatIsLeft(of imported: ImportedEpisode) throws -> ImportedEpisode? {
        switch try remainder(of: imported.episode) {
        case nil, .all: return imported
        case .nothing: return nil
        case .part(let content, let entries):
            var left = imported
            left.episode.content = content
            left.episode.entryCount = entries
            left.episode.sha256 = Arrival.checksum(of: content)
            left.memory = nil
            left.summaries = []
            left.failure = nil
            if left.place.outcome == .memory { left.place = .backlog }
            return left
        }
    }

    private func includes(_ kind: String, _ id: String) throws -> Bool {
        guard let find else { return false }
        return try Row.fetchOne(find, arguments: [kind, id]) != nil
    }
}
