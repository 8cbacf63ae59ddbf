/// How long a connection waits. hiredis with a connect timeout alone hangs for ever on a stopped server,
/// so both are always set.
package struct RedisDeadlines: Sendable, Equatable {
    package var connect: Duration
    /// For each reply of its own.
    package var reply: Duration

    package init(connect: Duration, reply: Duration) {
        self.connect = connect
        self.reply = reply
    }

    /// A person or a Claude Code session waits for a hook; Redis on the same machine answers in 0.1 ms.
    package static let hook = RedisDeadlines(connect: .milliseconds(20), reply: .milliseconds(20))
    package static let commandLine = RedisDeadlines(connect: .milliseconds(500), reply: .seconds(1))
    /// Of a connection that reads with `BLOCK` for up to 20 s.
    package static let watch = RedisDeadlines(connect: .seconds(1), reply: .seconds(25))
    package static let companion = RedisDeadlines(connect: .seconds(1), reply: .seconds(5))
}
