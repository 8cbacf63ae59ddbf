package import Redis

/// Any command in plain words, as a person with `redis-cli` would say it.
package struct PlainCommand: RedisCommand {
    package let words: [String]

    package init(_ words: [String]) { self.words = words }

    package var request: RedisRequest { RedisRequest(words) }
    package func read(_ reply: RedisReply) -> RedisReply { reply }
}

extension RedisConnection {
    /// Sends one command; an error reply is thrown.
    package mutating func send(_ words: [any CustomStringConvertible]) throws(RedisError) -> RedisReply {
        try ask(PlainCommand(words.map { "\($0)" }))
    }
}
