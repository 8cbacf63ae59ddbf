/// Something that happened to the server.
enum ServerEvent: Sendable {
    case input(Input.Event)
    case output(Output.Event)
    case finished(CallID, CallOutcome)
    case progressed(CallID, Progress)
    case expired(CallID)
    case woke(Farewell)
    /// Whoever runs the server wants it to end.
    case stopped
    /// The time to write what is left is over.
    case givenUp
}
