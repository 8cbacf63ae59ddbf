internal import Domain
package import Redis

/// Twin of `push_answer.lua`: an answer that its transcript never received.
package struct PushAnswer: RedisScript {
    package static let source = ScriptText.ofEpisode(PackageResources.push_answer_lua)
    let pool: PoolKeys
    /// Of one episode without bytes.
    let span: EpisodeSpan
    let nowMilliseconds: Int64?

    package var keys: [String] { span.episodes.map { pool.episode($0.id) } }
    package var arguments: [String] {
        [nowMilliseconds.map(String.init) ?? "", "0", span.json] + span.episodes.map(\.content)
    }

    package static func decode(_ reply: RedisReply) throws(RedisError) -> PushOutcome { try PushOutcome(reply) }
}
