internal import Domain

/// Whether the server serves us.
package struct PING: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["PING"]) }
    package func read(_ reply: RedisReply) -> Bool { reply == .text("PONG") }
}

/// The server's clock, ms since 1970.
package struct TIME: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["TIME"]) }

    package func read(_ reply: RedisReply) throws(RedisError) -> Int64 {
        let parts = (reply.array ?? []).compactMap { $0.text.flatMap { StoredNumber.of($0) } }
        guard parts.count == 2 else { throw .unexpectedReply(expected: "the server's time") }
        return parts[0] * 1000 + parts[1] / 1000
    }
}

/// What the server says of itself; nothing where it refuses to.
package struct INFO: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["INFO"], mayBeRefused: true) }
    package func read(_ reply: RedisReply) -> ServerReport { ServerReport(reply.text ?? "") }
}

/// What `INFO` says (<https://redis.io/docs/latest/commands/info/>).
package struct ServerReport: Sendable {
    private let values: [Substring: Substring]

    package init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        values = Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: ":").map { (line[..<$0], line[line.index(after: $0)...]) }
            }, uniquingKeysWith: { first, _ in first })
    }

    package var version: String { text("redis_version") }
    package var memoryBytes: Int64 { number("used_memory") }
    /// 0 for no limit.
    package var memoryLimitBytes: Int64 { number("maxmemory") }
    package var evictionPolicy: String { text("maxmemory_policy") }
    package var evictedKeys: Int64 { number("evicted_keys") }
    package var uptimeSeconds: Int64 { number("uptime_in_seconds") }
    /// `master` or `slave`.
    package var role: String { text("role") }
    package var keepsAppendOnlyFile: Bool { text("aof_enabled") == "1" }

    func text(_ name: String) -> String { String(values[name[...]] ?? "") }
    func number(_ name: String) -> Int64 { StoredNumber.of(text(name)) ?? 0 }
}

/// One parameter of the server's configuration; nil where it refuses to tell.
package struct CONFIGGET: RedisCommand {
    package let parameter: String

    package init(_ parameter: String) { self.parameter = parameter }

    package var request: RedisRequest { RedisRequest(["CONFIG", "GET", parameter], mayBeRefused: true) }
    package func read(_ reply: RedisReply) -> String? { reply.fields[parameter] }
}

/// Ends the server after it has saved what it is to save. It closes the connection in place of a reply.
package struct SHUTDOWN: RedisCommand {
    package init() {}
    package var request: RedisRequest { RedisRequest(["SHUTDOWN"]) }
    package func read(_ reply: RedisReply) {}
}
