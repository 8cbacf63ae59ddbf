package import Domain
package import Redis

/// A companion says that it lives, or that it stops. Twin of `beat.lua`.
package struct Beat: JSONScript {
    package struct Argument: Encodable, Sendable {
        let pid: Int32
        let version: String
        let started_ms: Int64
        let facts: [String: String]
        let last: Bool
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.beat_lua)

    /// - Parameters:
    ///   - startedMilliseconds: since 1970.
    ///   - isLast: the companion stops, and is not to be missed.
    package init(
        _ keys: Keys, host: String, pid: Int32, version: String, startedMilliseconds: Int64,
        report: CompanionReport = CompanionReport(), isLast: Bool = false
    ) {
        self.keys = [keys.companion(host)]
        argument = Argument(
            pid: pid, version: version, started_ms: startedMilliseconds, facts: report.fields, last: isLast)
    }

    package func decode(_ reply: RedisReply) throws(RedisError) -> Bool { reply.integer == 1 }
}
