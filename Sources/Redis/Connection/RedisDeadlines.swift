/// How long a connection waits. hiredis with a connect timeout alone hangs for ever on a stopped server, and its own reply
/// timeout begins anew with each byte, so all are always set and are kept by `RedisChannel`.
package struct RedisDeadlines: Sendable, Equatable {
    package var connect: Duration
    /// For all replies to what is asked together, from its first byte to their last.
    package var reply: Duration
    /// For all that is ever asked over the connection, connecting included, by who has people waiting for several answers;
    /// nil sets no end.
    package var whole: Duration?

    package init(connect: Duration, reply: Duration, whole: Duration? = nil) {
        self.connect = connect
        self.reply = reply
        self.whole = whole
    }

    /// A person or a Claude Code session waits for a hook; Redis on the same machine answers in 0.1 ms. A server that lost
    /// its scripts is asked twice.
    package static let hook = RedisDeadlines(
        connect: .milliseconds(20), reply: .milliseconds(20), whole: .milliseconds(60))
    package static let commandLine = RedisDeadlines(connect: .milliseconds(500), reply: .seconds(1))
    /// Of a connection that reads with `BLOCK` for up to 20 s.
    package static let watch = RedisDeadlines(connect: .seconds(1), reply: .seconds(25))
    package static let companion = RedisDeadlines(connect: .seconds(1), reply: .seconds(5))
}
