internal import Domain

/// How many members a sorted set has.
package struct ZCARD: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["ZCARD", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}

/// How many members have a score in a range.
package struct ZCOUNT: RedisCommand {
    /// A bound of scores, as the server writes it.
    package enum Bound: Sendable {
        case lowest, highest
        case from(Int64)
        /// The score itself does not count.
        case after(Int64)
        case to(Int64)

        fileprivate var word: String {
            switch self {
            case .lowest: "-inf"
            case .highest: "+inf"
            case .from(let score), .to(let score): String(score)
            case .after(let score): "(\(score)"
            }
        }
    }

    package let key: RedisKey
    package let lower: Bound
    package let upper: Bound

    package init(_ key: RedisKey, _ lower: Bound, _ upper: Bound) {
        self.key = key
        self.lower = lower
        self.upper = upper
    }

    package var request: RedisRequest { RedisRequest(["ZCOUNT", key.name, lower.word, upper.word], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}

/// Members by rank.
package struct ZRANGE: RedisCommand {
    package let key: RedisKey
    package let ranks: Range<Int>
    package let fromHighest: Bool

    /// - Parameter ranks: the lowest score, or the highest, has rank 0.
    package init(_ key: RedisKey, _ ranks: Range<Int>, fromHighest: Bool = false) {
        self.key = key
        self.ranks = ranks
        self.fromHighest = fromHighest
    }

    package var request: RedisRequest {
        RedisRequest(
            [
                fromHighest ? "ZREVRANGE" : "ZRANGE", key.name, String(ranks.lowerBound), String(ranks.upperBound - 1),
            ], keys: [key])
    }

    package func read(_ reply: RedisReply) -> [String] { (reply.array ?? []).compactMap(\.text) }

    /// The same with the scores.
    package var withScores: WithScores { WithScores(range: self) }

    package struct WithScores: RedisCommand {
        let range: ZRANGE

        package var request: RedisRequest {
            RedisRequest(range.request.words + ["WITHSCORES"], keys: [range.key])
        }

        package func read(_ reply: RedisReply) -> [Scored] {
            let flat = (reply.array ?? []).map { $0.text ?? "" }
            return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
                wholeScore(flat[index + 1]).map { Scored(member: flat[index], score: $0) }
            }
        }
    }
}

/// A member and its score, a time in ms or a count.
package struct Scored: Sendable, Equatable {
    package var member: String
    package var score: Int64
}

/// A member's score; nil for what is no member.
package struct ZSCORE: RedisCommand {
    package let key: RedisKey
    package let member: String

    package init(_ key: RedisKey, _ member: String) {
        self.key = key
        self.member = member
    }

    package var request: RedisRequest { RedisRequest(["ZSCORE", key.name, member], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64? { reply.text.flatMap(wholeScore) }
}

/// The scores of some members; nil for what is no member. Without members nothing is asked.
package struct ZMSCORE: RedisQuery {
    package let key: RedisKey
    package let members: [String]

    package init(_ key: RedisKey, _ members: [String]) {
        self.key = key
        self.members = members
    }

    package var requests: [RedisRequest] {
        members.isEmpty ? [] : [RedisRequest(["ZMSCORE", key.name] + members, keys: [key])]
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> [Int64?] {
        guard !members.isEmpty else { return [] }
        guard let scores = try replies.next().array, scores.count == members.count else {
            throw .unexpectedReply(expected: "a score or null for each member")
        }
        return scores.map { $0.text.flatMap(wholeScore) }
    }
}

/// Takes members out; answers how many were there.
package struct ZREM: RedisCommand {
    package let key: RedisKey
    package let members: [String]

    /// - Parameter members: at least one.
    package init(_ key: RedisKey, _ members: [String]) {
        self.key = key
        self.members = members
    }

    package var request: RedisRequest { RedisRequest(["ZREM", key.name] + members, keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}

/// Scores are doubles on the wire (<https://redis.io/docs/latest/commands/zadd/>); ours are whole.
private func wholeScore(_ text: String) -> Int64? { Double(text).flatMap { StoredNumber.of($0) } }

/// The members of a set.
package struct SMEMBERS: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["SMEMBERS", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> [String] { (reply.array ?? []).compactMap(\.text) }
}
