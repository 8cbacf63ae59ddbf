/// All fields of a hash; empty where there is none.
package struct HGETALL: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["HGETALL", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> [String: String] { reply.fields }
}

/// Some fields of a hash; those that are not there are left out.
package struct HMGET: RedisCommand {
    package let key: RedisKey
    package let fields: [String]

    package init(_ key: RedisKey, _ fields: [String]) {
        self.key = key
        self.fields = fields
    }

    package var request: RedisRequest { RedisRequest(["HMGET", key.name] + fields, keys: [key]) }

    package func read(_ reply: RedisReply) throws(RedisError) -> [String: String] {
        guard let values = reply.array, values.count == fields.count else {
            throw .unexpectedReply(expected: "a value or null for each field")
        }
        return zip(fields, values).reduce(into: [:]) { found, pair in found[pair.0] = pair.1.text }
    }
}

/// Sets one field of a hash.
package struct HSET: RedisCommand {
    package let key: RedisKey
    package let field: String
    package let value: String

    package init(_ key: RedisKey, _ field: String, _ value: String) {
        self.key = key
        self.field = field
        self.value = value
    }

    package var request: RedisRequest { RedisRequest(["HSET", key.name, field, value], keys: [key]) }
    package func read(_ reply: RedisReply) {}
}

/// One field of a hash.
package struct HGET: RedisCommand {
    package let key: RedisKey
    package let field: String

    package init(_ key: RedisKey, _ field: String) {
        self.key = key
        self.field = field
    }

    package var request: RedisRequest { RedisRequest(["HGET", key.name, field], keys: [key]) }
    package func read(_ reply: RedisReply) -> String? { reply.text }
}

/// Removes fields; answers whether any was there.
package struct HDEL: RedisCommand {
    package let key: RedisKey
    package let fields: [String]

    package init(_ key: RedisKey, _ fields: [String]) {
        self.key = key
        self.fields = fields
    }

    package var request: RedisRequest { RedisRequest(["HDEL", key.name] + fields, keys: [key]) }
    package func read(_ reply: RedisReply) -> Bool { reply.integer ?? 0 > 0 }
}
