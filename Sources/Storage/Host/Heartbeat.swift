package import Redis

/// Twin of `beat.lua`: a companion says that it lives.
package struct Heartbeat: NewsScript {
    package struct News: Encodable, Sendable {
        let pid: Int32
        let version: String
        let started_ms: Int64
        let facts: [String: String]
        let last: Bool
    }

    package static let source = ScriptText.plain(PackageResources.beat_lua)
    package let keys: [String]
    package let news: News
    package var nowMilliseconds: Int64? { nil }

    /// - Parameters:
    ///   - facts: further fields, name to text.
    ///   - isLast: the companion stops, and is not to be missed.
    package init(
        _ keys: Keys, host: String, pid: Int32, version: String, startedMilliseconds: Int64,
        facts: [String: String] = [:], isLast: Bool = false
    ) {
        self.keys = [keys.companion(host)]
        news = News(pid: pid, version: version, started_ms: startedMilliseconds, facts: facts, last: isLast)
    }

    package static func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
