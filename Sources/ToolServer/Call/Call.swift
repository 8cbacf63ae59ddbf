/// A call of a tool whose arguments are in order.
struct Call: Sendable, Equatable {
    let id: CallID
    let tool: String
    let arguments: Arguments
}
