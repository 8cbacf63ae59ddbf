package import Domain
internal import Platform
package import Redis

/// A companion says that it lives, or that it stops. Twin of `beat.lua`.
package struct Beat: JSONScript {
    package struct Argument: Encodable, Sendable {
        let pid: Int32
        let version: String
        let schema: Int64
        let oldest_schema: Int64
        let started_ms: Int64
        let wall_ms: Int64
        let pool: String
        let facts: [String: String]
        let last: Bool
    }

    package let keys: [RedisKey]
    package let argument: Argument

    package var source: ScriptSource { Self.text }
    private static let text = ScriptText.plain(PackageResources.beat_lua)

    /// - Parameters:
    ///   - startedMilliseconds: since 1970.
    ///   - wallMilliseconds: what this host's clock says, since 1970.
    ///   - pool: whose queue it works on.
    ///   - isLast: the companion stops, and is not to be missed.
    package init(
        _ keys: Keys, host: String, pid: Int32, version: String, startedMilliseconds: Int64,
        wallMilliseconds: Int64 = HostClock.wallMilliseconds, pool: String = "",
        report: CompanionReport = CompanionReport(), isLast: Bool = false
    ) {
        self.keys = [keys.companion(host)]
        argument = Argument(
            pid: pid, version: version, schema: SharedSchema.own, oldest_schema: SharedSchema.oldest,
            started_ms: startedMilliseconds, wall_ms: wallMilliseconds, pool: pool,
            facts: report.fields, last: isLast)
    }

    /// - Returns: nil where it was heard; what a newer version told that has taken this Redis over.
    package func decode(_ reply: RedisReply) throws(RedisError) -> SchemaRecord? {
        if reply.integer == 1 { return nil }
        guard let values = reply.array, values.count == SchemaRecord.Field.allCases.count else {
            throw .unexpectedReply(expected: "1, or what a newer version told")
        }
        let names = SchemaRecord.Field.allCases.map(\.rawValue)
        return SchemaRecord(fields: zip(names, values).reduce(into: [:]) { $0[$1.0] = $1.1.text })
    }
}
