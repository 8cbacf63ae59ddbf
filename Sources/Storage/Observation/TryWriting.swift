internal import Domain
package import Redis

/// Writes what our scripts write, to learn whether the server takes it; answers why it refused, nil where it did not. A
/// server that can be read may be a replica, too full, or unable to save, and a login may lack scripts, a command or the
/// keys. Twin of `try_writing.lua`; sent as text, so that it travels with a query.
package struct TryWriting: RedisQuery {
    private let key: RedisKey

    private static let text = ScriptText.bare(PackageResources.try_writing_lua).text
    private static let lifeMilliseconds = 60_000

    /// - Parameter key: of the slot that is asked, and nobody's.
    init(_ key: RedisKey) { self.key = key }

    package var requests: [RedisRequest] {
        [
            RedisRequest(["EVAL", Self.text, "1", key.name, String(Self.lifeMilliseconds)], keys: [key]),
            // Ours are called by their sum, which may be forbidden alone; there is none of this one.
            RedisRequest(["EVALSHA", String(repeating: "0", count: 40), "1", key.name], keys: [key]),
        ]
    }

    package func decode(_ replies: inout RedisReplies) throws(RedisError) -> RedisError? {
        let writing = try Self.failure(&replies)
        let calling = try Self.failure(&replies)
        return writing ?? calling.flatMap { ByteSearch.contains("\($0)", "NOSCRIPT") ? nil : $0 }
    }

    private static func failure(_ replies: inout RedisReplies) throws(RedisError) -> RedisError? {
        do throws(RedisError) {
            _ = try replies.next()
            return nil
        } catch {
            if case .unexpectedReply = error { throw error }
            return error
        }
    }
}
