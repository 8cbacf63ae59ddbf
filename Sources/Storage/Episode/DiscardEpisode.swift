internal import Domain
package import Redis

/// Twin of `discard_episode.lua`. Answers whether there was something to give up.
package struct DiscardEpisode: RedisScript {
    package static let source = ScriptText.plain(PackageResources.discard_episode_lua)
    let pool: PoolKeys
    let id: EpisodeID
    let nowMilliseconds: Int64?

    package var keys: [String] { [pool.episode(id)] }
    package var arguments: [String] { [nowMilliseconds.map(String.init) ?? "", "0", "{\"id\":\"\(id)\"}"] }

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
