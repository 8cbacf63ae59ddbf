package import Domain
package import Redis

/// Episodes are forgotten. Twin of `forget_episodes.lua`; answers how many there were.
package struct ForgetEpisodes: EpisodesScript {
    package let keys: [RedisKey]
    package let argument: EpisodeList

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.forget_episodes_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

/// A part of an episode is forgotten. Twin of `shorten_episode.lua`; answers whether it was what it was taken for.
package struct ShortenEpisode: JSONScript {
    package struct Argument: Encodable, Sendable {
        let id: String
        let was: String
        let sha256: String
        let entries: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument
    package let contents: [String]

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.shorten_episode_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}

extension EpisodeQueue {
    package func forgettingEpisodes(_ ids: [EpisodeID]) -> ForgetEpisodes {
        ForgetEpisodes(keys: [keys.schedule], argument: EpisodeList(ids))
    }

    /// - Parameters:
    ///   - sum: the SHA-256 of what it was.
    ///   - content: what is left.
    package func shortening(_ id: EpisodeID, from sum: String, to content: String, entries: Int) -> ShortenEpisode {
        ShortenEpisode(
            keys: [keys.episode(id)],
            argument: .init(
                id: id.rawValue, was: sum, sha256: SHA256.hexadecimal(of: content), entries: Int64(entries)),
            contents: [content])
    }

    /// Takes an episode that is in the queue out of it, or what of it is forgotten.
    /// - Returns: nil where nothing of it is.
    package func forgetting(_ forgotten: Forgotten, in record: EpisodeRecord, of id: EpisodeID) -> Forgetting? {
        guard let content = record.content else {
            return forgotten.includes(id, ofSession: record.sessionID) ? .episode(id) : nil
        }
        switch forgotten.remainder(of: content, id, ofSession: record.sessionID) {
        case .nothing: return .episode(id)
        case .part(let content, let entries):
            return .part(shortening(id, from: record.sha256, to: content, entries: entries))
        case .all:
            guard forgotten.remarks.contains(id), !record.errorMessage.isEmpty else { return nil }
            return .part(shortening(id, from: record.sha256, to: content, entries: Int(record.entryCount)))
        }
    }

    /// What is to be done to an episode.
    package enum Forgetting: Sendable {
        case episode(EpisodeID)
        case part(ShortenEpisode)
    }
}

extension RedisConnection {
    /// - Returns: false where the episode was changed meanwhile, and is to be looked at again.
    package mutating func carryOut(
        _ forgetting: EpisodeQueue.Forgetting, in queue: EpisodeQueue
    ) throws(RedisError) -> Bool {
        switch forgetting {
        case .episode(let id):
            _ = try run(queue.forgettingEpisodes([id]))
            return true
        case .part(let shortening): return try run(shortening)
        }
    }
}
