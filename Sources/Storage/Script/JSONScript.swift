internal import Domain
package import Redis

/// A script whose argument is one JSON object: `ARGV` is now, the age of what is told and the object, as
/// `Scripts/prelude.lua` says, and behind them what would be too large for an object.
package protocol JSONScript: RedisScript {
    associatedtype Argument: Encodable, Sendable
    var argument: Argument { get }
    /// The argument as JSON.
    var argumentText: String { get }
    /// How long ago it happened, in ms; 0 when told at once.
    var ageMilliseconds: Int64 { get }
    /// Contents of episodes.
    var contents: [String] { get }
}

extension JSONScript {
    package func arguments(now: Int64?) -> [String] {
        [now.map { String($0) } ?? "", String(ageMilliseconds), argumentText] + contents
    }

    package var argumentText: String {
        // Encoding plain strings and numbers cannot fail; an empty object would be refused by the script.
        (try? JSONValue(encoding: argument).text) ?? "{}"
    }

    package var ageMilliseconds: Int64 { 0 }
    package var contents: [String] { [] }
}

/// The sources as they stand in the executable. Behind the prelude, which all have, stands `session.lua` where a session's
/// life is told, `episode.lua` where episodes are added, `queue.lua` where they move.
enum ScriptText {
    /// Without the prelude.
    static func bare(_ body: [UInt8]) -> ScriptSource { ScriptSource(preludes: [], body: body) }
    static func plain(_ body: [UInt8]) -> ScriptSource { source(body) }
    static func ofSession(_ body: [UInt8]) -> ScriptSource { source(body, PackageResources.session_lua) }
    static func ofEpisode(_ body: [UInt8]) -> ScriptSource { source(body, PackageResources.episode_lua) }
    static func ofQueue(_ body: [UInt8]) -> ScriptSource { source(body, PackageResources.queue_lua) }

    private static func source(_ body: [UInt8], _ shared: [UInt8] = []) -> ScriptSource {
        ScriptSource(preludes: [PackageResources.prelude_lua, shared], body: body)
    }
}
