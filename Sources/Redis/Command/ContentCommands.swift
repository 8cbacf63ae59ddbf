/// What kind of value a key has; `none` where there is no key.
package struct TYPE: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["TYPE", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> String { reply.text ?? "none" }
}

/// All that a key's value holds as texts, whatever its kind: names and values of a hash, members, elements, entries.
package struct CONTENT: RedisCommand {
    package let key: RedisKey
    private let words: [String]

    /// - Parameter type: as `TYPE` answered.
    /// - Returns: nil for a key that is gone, or of a kind that nothing of ours has.
    package init?(_ key: RedisKey, type: String) {
        self.key = key
        switch type {
        case "string": words = ["GET", key.name]
        case "hash": words = ["HGETALL", key.name]
        case "list": words = ["LRANGE", key.name, "0", "-1"]
        case "set": words = ["SMEMBERS", key.name]
        case "zset": words = ["ZRANGE", key.name, "0", "-1"]
        case "stream": words = ["XRANGE", key.name, "-", "+"]
        default: return nil
        }
    }

    package var request: RedisRequest { RedisRequest(words, keys: [key]) }
    package func read(_ reply: RedisReply) -> [String] { Self.texts(of: reply) }

    private static func texts(of reply: RedisReply) -> [String] {
        reply.array.map { $0.flatMap(texts) } ?? reply.text.map { [$0] } ?? []
    }
}

/// Takes all elements of a list that are this text; answers how many there were.
package struct LREM: RedisCommand {
    package let key: RedisKey
    package let element: String

    package init(_ key: RedisKey, _ element: String) {
        self.key = key
        self.element = element
    }

    package var request: RedisRequest { RedisRequest(["LREM", key.name, "0", element], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}
