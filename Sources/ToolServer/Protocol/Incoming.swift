/// What a line of the client holds.
enum Incoming: Sendable, Equatable {
    case message(Message)
    case batch([Message])
    /// No JSON, or too much of it.
    case unreadable(RPCError)
}
