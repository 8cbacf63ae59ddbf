package import Capture
package import Domain
internal import Redis
internal import Settings

/// What a lookup answers: whether the next dispatch of a key may resume, and what.
package struct LookupAnswer: Encodable, Sendable {
    package let dispatch_key: String
    package let verdict: LookupVerdict
    /// The session meant by the verdict; for `expired` and `missing` the one that was dropped.
    @OrNull package var session_id: String?
    package let remedy: String
    @OrNull package var last_used_at: String?
    @OrNull package var host: String?
    @OrNull package var cwd: String?
    /// Why the transcript could not be looked for, where that is so.
    @OrNull package var doubt: String?
    /// redis, or mirror while Redis is away.
    package let source: String

    package init(_ key: DispatchKey, _ result: SessionLookup.Result) {
        dispatch_key = key.rawValue
        verdict = result.verdict
        remedy = result.verdict.remedy(key: key, host: result.host, configDirectory: result.configDirectory)
        source = result.isFromMirror ? "mirror" : "redis"
        session_id = result.session?.rawValue
        last_used_at = result.lastUsedMilliseconds.map(ISOTime.text)
        host = result.host.isEmpty ? nil : result.host
        cwd = result.cwd.isEmpty ? nil : result.cwd
        doubt = result.doubt
    }
}

extension Workplace {
    /// Asks Redis, starts it where it is ours and away, and takes the mirror's word should that not help.
    /// - Parameters:
    ///   - peek: only tell; drop and count nothing.
    ///   - notice: told of what a person would want to know.
    package func lookUp(
        _ key: DispatchKey, peek: Bool = false, notice: (String) -> Void = { _ in }
    ) throws -> SessionLookup.Result {
        let lookup = SessionLookup(key: key, settings: settings, host: host, peek: peek)
        do throws(RedisError) {
            var connection = try connectStarting { notice("Redis is away; starting the companion") }
            return try lookup.run(over: &connection)
        } catch {
            guard error.isAway else { throw error }
            notice("\(error); answering from the mirror")
            return lookup.runOnMirror()
        }
    }
}
