/// What the server is to do next.
enum Action: Sendable, Equatable {
    case send(String)
    /// Run the tool and report how it ended.
    case start(Call)
    /// Tell the conversation when so much time has passed, should the call still run.
    case expire(CallID, after: Duration)
    /// Cancel the call's task; nobody waits for how it ends.
    case cancel(CallID)
    /// Tell the conversation when so much time has passed.
    case wake(Farewell, after: Duration)
    /// Write what is left and end.
    case finish
}
