package import Redis

/// Twin of `spend_tokens.lua`. Answers the tokens spent on this UTC day.
package struct SpendTokens: NewsScript {
    package struct News: Encodable, Sendable {
        let agent: String
        let input: Int64
        let output: Int64
        let micro_usd: Int64
    }

    package static let source = ScriptText.plain(PackageResources.spend_tokens_lua)
    package let keys: [String]
    package let news: News
    package let nowMilliseconds: Int64?

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

extension EpisodeQueue {
    /// - Parameters:
    ///   - agent: whose episode it was.
    ///   - microDollars: millionths of a US dollar.
    package func spending(agent: String, input: Int64, output: Int64, microDollars: Int64) -> SpendTokens {
        SpendTokens(
            keys: [keys.counters], news: .init(agent: agent, input: input, output: output, micro_usd: microDollars),
            nowMilliseconds: nowMilliseconds)
    }
}
