/// How much of us one client, or all of them, can have.
package struct DashboardLimits: Sendable {
    /// Connections at a time. With one more, the one that has been idle for longest goes.
    package var connections = 256
    /// Event streams at a time.
    package var streams = 32
    package var bodyBytes = 64 << 10
    /// A line of a head, and the whole head.
    package var headFieldBytes = 16 << 10
    package var headBytes = 32 << 10
    package var headFields = 100

    /// From the connection to the end of the first head.
    package var head = Duration.seconds(10)
    /// From the end of a head to the end of its body.
    package var body = Duration.seconds(10)
    /// From an answer to the end of the next head.
    package var idle = Duration.seconds(30)
    /// How long a client may take nothing of what was written to it.
    package var stall = Duration.seconds(30)
    /// How long the backend may take.
    package var answer = Duration.seconds(10)

    package var keepAlive = Duration.seconds(15)
    package var wrongToken = Duration.milliseconds(250)
    /// From the word to stop to the end of the last connection.
    package var farewell = Duration.seconds(2)
    /// From one attempt to listen to the next.
    package var retry = Duration.seconds(30)

    package init() {}
}
