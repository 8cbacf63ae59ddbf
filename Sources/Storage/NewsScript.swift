internal import Domain
internal import FoundationEssentials
package import Redis

/// A script that is told one JSON object: `ARGV` is now, age and the news as JSON, as `Scripts/prelude.lua` says.
package protocol NewsScript: RedisScript {
    associatedtype News: Encodable, Sendable
    var news: News { get }
    /// The news as JSON.
    var newsText: String { get }
    /// How long ago it happened, in ms; 0 when told at once.
    var ageMilliseconds: Int64 { get }
    /// Since 1970. `nil`, as in production, means the server's own clock; tests pass a number and so move it.
    var nowMilliseconds: Int64? { get }
}

extension NewsScript {
    package var arguments: [String] { [nowMilliseconds.map(String.init) ?? "", String(ageMilliseconds), newsText] }

    package var newsText: String {
        // Encoding plain strings and numbers cannot fail; an empty object would be refused by the script.
        (try? JSONEncoder().encode(news)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    package var ageMilliseconds: Int64 { 0 }
}

/// The sources as they stand in the executable. `session.lua` follows the prelude where a session's life is told,
/// `episode.lua` where episodes are added, `queue.lua` where they move.
enum ScriptText {
    private static let prelude = text(PackageResources.prelude_lua)
    private static let life = prelude + text(PackageResources.session_lua)

    private static let queue = prelude + text(PackageResources.episode_lua)

    private static let moving = prelude + text(PackageResources.queue_lua)

    static func ofQueue(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: moving, body: text(body)) }
    static func ofEpisode(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: queue, body: text(body)) }
    static func plain(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: prelude, body: text(body)) }
    static func ofSession(_ body: [UInt8]) -> ScriptSource { ScriptSource(prelude: life, body: text(body)) }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
