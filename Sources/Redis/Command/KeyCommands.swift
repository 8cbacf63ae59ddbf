/// Whether a key exists.
package struct EXISTS: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["EXISTS", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> Bool { reply.integer == 1 }
}

/// A string; nil where there is none.
package struct GET: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["GET", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> String? { reply.text }
}

/// Removes a key; answers whether it was there.
package struct DEL: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["DEL", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> Bool { reply.integer == 1 }
}

/// One page of a walk over all keys of a namespace.
package struct SCAN: RedisCommand {
    package struct Page: Sendable {
        package var keys: [RedisKey]
        /// nil after the last.
        package var next: String?
    }

    package let pattern: String
    package let position: String
    package let count: Int

    /// - Parameters:
    ///   - pattern: glob-style (<https://redis.io/docs/latest/commands/keys/>).
    ///   - position: `SCAN.start`, or where the page before says.
    ///   - count: about so many keys are looked at.
    package init(_ pattern: String, from position: String, count: Int) {
        self.pattern = pattern
        self.position = position
        self.count = count
    }

    package static let start = "0"

    /// It walks over one server; of a cluster each shard has to be asked.
    package var request: RedisRequest {
        RedisRequest(["SCAN", position, "MATCH", pattern, "COUNT", String(count)])
    }

    package func read(_ reply: RedisReply) throws(RedisError) -> Page {
        let parts = reply.array ?? []
        guard parts.count == 2, let next = parts[0].text else {
            throw .unexpectedReply(expected: "a position and keys")
        }
        let keys = (parts[1].array ?? []).compactMap { $0.text.map(RedisKey.init) }
        return Page(keys: keys, next: next == Self.start ? nil : next)
    }
}

extension SCAN {
    /// A text as a pattern that only it matches.
    package static func pattern(_ text: String) -> String {
        text.reduce(into: "") { pattern, character in
            if "*?[]\\^-".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
    }
}

/// One page of a walk over the members of a sorted set.
package struct ZSCAN: RedisCommand {
    package struct Page: Sendable {
        package var members: [String]
        /// nil after the last.
        package var next: String?
    }

    package let key: RedisKey
    package let pattern: String
    package let position: String
    package let count: Int

    /// - Parameters: as of `SCAN`.
    package init(_ key: RedisKey, _ pattern: String, from position: String, count: Int) {
        self.key = key
        self.pattern = pattern
        self.position = position
        self.count = count
    }

    package var request: RedisRequest {
        RedisRequest(["ZSCAN", key.name, position, "MATCH", pattern, "COUNT", String(count)], keys: [key])
    }

    package func read(_ reply: RedisReply) throws(RedisError) -> Page {
        let parts = reply.array ?? []
        guard parts.count == 2, let next = parts[0].text else {
            throw .unexpectedReply(expected: "a position and members")
        }
        let flat = (parts[1].array ?? []).compactMap(\.text)
        // Members and scores in turn.
        return Page(
            members: stride(from: 0, to: flat.count, by: 2).map { flat[$0] }, next: next == SCAN.start ? nil : next)
    }
}

/// How long a key still lives, in ms; nil where it is not there or lives for ever.
package struct PTTL: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest { RedisRequest(["PTTL", key.name], keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64? { reply.integer.flatMap { $0 < 0 ? nil : $0 } }
}

/// Bytes of memory a key takes; nil where it is not there, or the server does not tell.
package struct MEMORYUSAGE: RedisCommand {
    package let key: RedisKey

    package init(_ key: RedisKey) { self.key = key }

    package var request: RedisRequest {
        RedisRequest(["MEMORY", "USAGE", key.name], keys: [key], mayBeRefused: true)
    }
    package func read(_ reply: RedisReply) -> Int64? { reply.integer }
}
