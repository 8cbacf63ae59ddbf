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
    private let bytes: [UInt8]
    package let sha1: String

    /// Joins preludes and body. The body's first line, `#!lua …`, must stay the first. Bytes, not strings: every hook does
    /// this, and only a server that lost its scripts is sent the text.
    package init(preludes: [[UInt8]], body: [UInt8]) {
        let lineEnd = body.firstIndex(of: UInt8(ascii: "\n")) ?? body.endIndex
        var bytes: [UInt8] = []
        bytes.reserveCapacity(preludes.reduce(body.count + 1) { $0 + $1.count } + SHA1.padding)
        bytes += body[..<lineEnd]
        bytes.append(UInt8(ascii: "\n"))
        for prelude in preludes { bytes += prelude }
        bytes += body[lineEnd...]
        self.bytes = bytes
        sha1 = SHA1.hexadecimal(of: bytes)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
