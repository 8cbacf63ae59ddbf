package import Domain
package import Redis

/// Takes in an episode of another pool. Twin of `adopt_episode.lua`.
package struct AdoptEpisode: JSONScript {
    package struct Argument: Encodable, Sendable {
        let id: String
        let limit: Int64
        let fields: [String: String]
    }

    package enum State: String, Sendable {
        case adopted
        /// It is in our queue already.
        case there
        case full
    }

    package let keys: [RedisKey]
    package let argument: Argument
    package let contents: [String]

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.ofQueue(PackageResources.adopt_episode_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> State {
        guard let state = reply.text.flatMap(State.init) else {
            throw .unexpectedReply(expected: "adopted, there or full")
        }
        return state
    }
}

extension EpisodeQueue {
    /// - Parameters:
    ///   - record: with its content.
    ///   - limit: episodes the queue may hold.
    package func adopting(_ id: EpisodeID, _ record: EpisodeRecord, limit: Int64) -> AdoptEpisode {
        var fields = record.restorable
        fields[EpisodeRecord.Field.needsReprocessing.rawValue] = record.needsReprocessing ? "1" : "0"
        return AdoptEpisode(
            keys: [keys.schedule], argument: .init(id: id.rawValue, limit: limit, fields: fields),
            contents: [record.content ?? ""])
    }
}
