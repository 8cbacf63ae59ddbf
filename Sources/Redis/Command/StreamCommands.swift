internal import Domain

/// One entry of a stream.
package struct StreamEntry: Sendable, Equatable {
    /// `<ms since 1970>-<number>`; later entries have greater ones.
    package var id: String
    package var fields: [String: String]

    /// Ms since 1970, by the server's clock.
    package var milliseconds: Int64? { StoredNumber.of(id.prefix { $0 != "-" }) }

    fileprivate init?(_ reply: RedisReply) {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text else { return nil }
        self.id = id
        fields = parts[1].fields
    }

    /// The id before all entries.
    package static let beginning = "0-0"
}

/// The latest entries of a stream, the newest first.
package struct XREVRANGE: RedisCommand {
    package let key: RedisKey
    package let count: Int

    package init(_ key: RedisKey, count: Int) {
        self.key = key
        self.count = count
    }

    package var request: RedisRequest {
        RedisRequest(["XREVRANGE", key.name, "+", "-", "COUNT", String(count)], keys: [key])
    }

    package func read(_ reply: RedisReply) -> [StreamEntry] { (reply.array ?? []).compactMap(StreamEntry.init) }
}

/// The entries of one stream behind a position, the oldest first. One stream only: two need not lie in one slot.
package struct XREAD: RedisCommand {
    package let key: RedisKey
    package let position: String
    package let count: Int
    package let blocking: Duration?

    /// - Parameters:
    ///   - position: the id of the last entry that is known.
    ///   - blocking: how long the server waits for an entry where there is none; less than the connection's deadline.
    package init(_ key: RedisKey, after position: String, count: Int, blocking: Duration? = nil) {
        self.key = key
        self.position = position
        self.count = count
        self.blocking = blocking
    }

    package var request: RedisRequest {
        let block = blocking.map { ["BLOCK", String(Int64($0 / .milliseconds(1)))] } ?? []
        return RedisRequest(["XREAD", "COUNT", String(count)] + block + ["STREAMS", key.name, position], keys: [key])
    }

    package func read(_ reply: RedisReply) -> [StreamEntry] {
        (reply.array?.first?.array?.last?.array ?? []).compactMap(StreamEntry.init)
    }
}

/// Adds an entry to a stream of bounded length.
package struct XADD: RedisCommand {
    package let key: RedisKey
    package let limit: Int
    package let fields: [String]

    /// - Parameters:
    ///   - limit: about so many entries are kept.
    ///   - fields: names and values in turn.
    package init(_ key: RedisKey, limit: Int, fields: [String]) {
        self.key = key
        self.limit = limit
        self.fields = fields
    }

    package var request: RedisRequest {
        RedisRequest(["XADD", key.name, "MAXLEN", "~", String(limit), "*"] + fields, keys: [key])
    }

    package func read(_ reply: RedisReply) -> String? { reply.text }
}

/// Removes entries of a stream; answers how many were there.
package struct XDEL: RedisCommand {
    package let key: RedisKey
    package let ids: [String]

    package init(_ key: RedisKey, _ ids: [String]) {
        self.key = key
        self.ids = ids
    }

    package var request: RedisRequest { RedisRequest(["XDEL", key.name] + ids, keys: [key]) }
    package func read(_ reply: RedisReply) -> Int64 { reply.integer ?? 0 }
}
