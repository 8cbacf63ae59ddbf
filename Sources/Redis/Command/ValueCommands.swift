/// All that a key holds, whatever its kind, such that it can be written again. Streams, which nobody restores, are none.
package enum StoredValue: Sendable, Equatable {
    case string(String)
    case hash([String: String])
    case list([String])
    case set([String])
    /// Members with their scores, as Redis writes them.
    case sortedSet([String: String])
}

/// Asks for the value of a key and for how long it still lives.
package struct VALUE: RedisQuery {
    package struct Found: Sendable {
        package var value: StoredValue
        /// ms from now; nil where it lives for ever.
        package var livesMilliseconds: Int64?
    }

    private let key: RedisKey
    private let type: String
    private let words: [String]

    /// - Parameter type: as `TYPE` answered.
    /// - Returns: nil for a key that is gone, or of a kind that nothing of ours has.
    package init?(_ key: RedisKey, type: String) {
        self.key = key
        self.type = type
        switch type {
        case "string": words = ["GET", key.name]
        case "hash": words = ["HGETALL", key.name]
        case "list": words = ["LRANGE", key.name, "0", "-1"]
        case "set": words = ["SMEMBERS", key.name]
        case "zset": words = ["ZRANGE", key.name, "0", "-1", "WITHSCORES"]
        default: return nil
        }
    }

    private init(_ key: RedisKey, list words: [String]) {
        self.key = key
        self.words = words
        type = "list"
    }

    /// Of a key that is a list.
    package static func list(_ key: RedisKey) -> VALUE { VALUE(key, list: ["LRANGE", key.name, "0", "-1"]) }

    package var requests: [RedisRequest] {
        [RedisRequest(words, keys: [key]), RedisRequest(["PTTL", key.name], keys: [key])]
    }

    /// - Returns: nil where the key went meanwhile.
    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> Found? {
        let reply = try replies.next(), life = try replies.next().integer
        // -2: there is none; -1: for ever.
        guard life != -2, let value = value(of: reply) else { return nil }
        return Found(value: value, livesMilliseconds: life.flatMap { $0 < 0 ? nil : $0 })
    }

    private func value(of reply: RedisReply) -> StoredValue? {
        let texts = (reply.array ?? []).compactMap(\.text)
        switch type {
        case "string": return reply.text.map { .string($0) }
        case "hash": return texts.isEmpty ? nil : .hash(reply.fields)
        case "list": return texts.isEmpty ? nil : .list(texts)
        case "set": return texts.isEmpty ? nil : .set(texts)
        default: return texts.isEmpty ? nil : .sortedSet(reply.fields)
        }
    }
}

/// Writes a value to a key, in pieces, and gives it its end. Others see it in part: it is meant for a key that nobody knows
/// yet.
package struct WRITEVALUE: RedisQuery {
    private let key: RedisKey
    private let value: StoredValue
    private let expiresMilliseconds: Int64?
    /// Words of one command: a server takes a million; few at a time keep it from being held up.
    private static let piece = 1000

    /// - Parameter expiresMilliseconds: since 1970; nil for never.
    package init(_ key: RedisKey, _ value: StoredValue, expiresMilliseconds: Int64?) {
        self.key = key
        self.value = value
        self.expiresMilliseconds = expiresMilliseconds
    }

    package var requests: [RedisRequest] {
        let end = expiresMilliseconds.map { [["PEXPIREAT", key.name, String($0)]] } ?? []
        return (writing + end).map { RedisRequest($0, keys: [key]) }
    }

    private var writing: [[String]] {
        switch value {
        case .string(let text): return [["SET", key.name, text]]
        case .hash(let fields): return pieces("HSET", fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
        case .list(let elements): return pieces("RPUSH", elements)
        case .set(let members): return pieces("SADD", members)
        case .sortedSet(let scores):
            return pieces("ZADD", scores.sorted { $0.key < $1.key }.flatMap { [$0.value, $0.key] })
        }
    }

    private func pieces(_ command: String, _ words: [String]) -> [[String]] {
        stride(from: 0, to: words.count, by: Self.piece).map {
            [command, key.name] + words[$0..<min($0 + Self.piece, words.count)]
        }
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) {
        for _ in requests { _ = try replies.next() }
    }
}

/// Adds members that a sorted set lacks; those that it has stay as they are.
package struct ZADDNX: RedisCommand {
    package let key: RedisKey
    package let scores: [(member: String, score: String)]

    package init(_ key: RedisKey, _ scores: [(member: String, score: String)]) {
        self.key = key
        self.scores = scores
    }

    package var request: RedisRequest {
        RedisRequest(["ZADD", key.name, "NX"] + scores.flatMap { [$0.score, $0.member] }, keys: [key])
    }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}

/// Gives a key another's name, in place of what has it.
package struct RENAME: RedisCommand {
    package let key: RedisKey
    package let other: RedisKey

    package init(_ key: RedisKey, to other: RedisKey) {
        self.key = key
        self.other = other
    }

    package var request: RedisRequest { RedisRequest(["RENAME", key.name, other.name], keys: [key, other]) }
    package func read(_ reply: RedisReply) {}
}
