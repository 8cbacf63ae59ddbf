internal import Redis

/// What became of a push.
package enum PushOutcome: Sendable, Equatable {
    case pushed
    /// Another capturer was faster; the cursor stands elsewhere.
    case moved
    case full(count: Int64)

    init(_ reply: RedisReply) throws(RedisError) {
        let parts = reply.array ?? []
        switch parts.first?.text {
        case "pushed": self = .pushed
        case "moved": self = .moved
        case "full": self = .full(count: parts.count > 1 ? parts[1].integer ?? 0 : 0)
        default: throw .unexpectedReply(expected: "pushed, moved or full")
        }
    }
}
