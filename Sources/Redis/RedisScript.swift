/// A Lua script as a value: its source, its keys and arguments, and how its answer reads.
package protocol RedisScript: Sendable {
    associatedtype Answer: Sendable
    static var source: ScriptSource { get }
    var keys: [String] { get }
    var arguments: [String] { get }
    static func decode(_ reply: RedisReply) throws(RedisError) -> Answer
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
