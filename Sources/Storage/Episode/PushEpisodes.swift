internal import Domain
package import Redis

/// Twin of `push_episode.lua`: the episodes of one span of a transcript, and the cursor behind them.
package struct PushEpisodes: RedisScript {
    package static let source = ScriptText.ofEpisode(PackageResources.push_episode_lua)
    let pool: PoolKeys
    let span: EpisodeSpan
    let nowMilliseconds: Int64?

    package var keys: [String] { [pool.cursor(span.file)] }
    package var arguments: [String] {
        [nowMilliseconds.map(String.init) ?? "", "0", span.json] + span.episodes.map(\.content)
    }

    package static func decode(_ reply: RedisReply) throws(RedisError) -> PushOutcome { try PushOutcome(reply) }
}
