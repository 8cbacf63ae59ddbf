/// A Lua script as a value: its source, its keys and arguments, and how its answer reads.
package protocol RedisScript<Answer>: Sendable {
    associatedtype Answer: Sendable
    var source: ScriptSource { get }
    var keys: [RedisKey] { get }
    /// - Parameter now: ms since 1970; nil, as in production, means the server's own clock.
    func arguments(now: Int64?) -> [String]
    func decode(_ reply: RedisReply) throws(RedisError) -> Answer
}

/// The text of a script and the hash by which the server knows it.
package struct ScriptSource: Sendable {
    package let text: String
    package let sha1: String

    /// Joins prelude and body. The body's first line, `#!lua …`, must stay the first.
    package init(prelude: String, body: String) {
        let lineEnd = body.firstIndex(of: "\n") ?? body.endIndex
        text = body[..<lineEnd] + "\n" + prelude + body[lineEnd...]
        sha1 = SHA1.hexadecimal(of: text)
    }
}
