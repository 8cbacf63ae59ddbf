/// Elements of a list by place; negative places count from its end.
package struct LRANGE: RedisCommand {
    package let key: RedisKey
    package let places: ClosedRange<Int>

    package init(_ key: RedisKey, _ places: ClosedRange<Int>) {
        self.key = key
        self.places = places
    }

    package var request: RedisRequest {
        RedisRequest(["LRANGE", key.name, String(places.lowerBound), String(places.upperBound)], keys: [key])
    }
    package func read(_ reply: RedisReply) -> [String] { (reply.array ?? []).compactMap(\.text) }
}

/// How many elements a list has.
package struct LLEN: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["LLEN", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}
