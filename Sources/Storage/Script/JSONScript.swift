internal import Domain
internal import FoundationEssentials
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
        (try? JSONEncoder().encode(argument)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    package var ageMilliseconds: Int64 { 0 }
    package var contents: [String] { [] }
}

/// The sources as they stand in the executable. Behind the prelude, which all have, stands `session.lua` where a session's
/// life is told, `episode.lua` where episodes are added, `queue.lua` where they move.
enum ScriptText {
    private static let prelude = text(PackageResources.prelude_lua)
    private static let session = prelude + text(PackageResources.session_lua)
    private static let episode = prelude + text(PackageResources.episode_lua)
    private static let queue = prelude + text(PackageResources.queue_lua)

    static func plain(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: prelude, body: text(body)) }
    static func ofSession(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: session, body: text(body)) }
    static func ofEpisode(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: episode, body: text(body)) }
    static func ofQueue(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: queue, body: text(body)) }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
