package import Redis

/// Counts what a call of the model cost. Twin of `spend_tokens.lua`; answers the tokens spent on this UTC day.
package struct SpendTokens: JSONScript {
    package struct Argument: Encodable, Sendable {
        let agent: String
        let input: Int64
        let output: Int64
        let micro_usd: Int64
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.spend_tokens_lua)

    package func decode(_ reply: RedisReply) throws(RedisError) -> Int64 { reply.integer ?? 0 }
}

extension EpisodeQueue {
    /// - Parameters:
    ///   - agent: whose episode it was.
    ///   - microDollars: millionths of a US dollar.
    package func spending(agent: String, input: Int64, output: Int64, microDollars: Int64) -> SpendTokens {
        SpendTokens(
            keys: [keys.counters], argument: .init(agent: agent, input: input, output: output, micro_usd: microDollars))
    }
}
