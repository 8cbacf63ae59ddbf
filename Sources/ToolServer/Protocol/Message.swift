/// One JSON-RPC message of the client.
enum Message: Sendable, Equatable {
    case request(Request)
    case notification(method: String, Parameters)
    /// To a request that we did not send, since we send none.
    case response
    /// No message of JSON-RPC; answered with an error.
    case invalid(id: Identifier?, RPCError)
}

/// A message that wants an answer.
struct Request: Sendable, Equatable {
    let id: Identifier
    let method: String
    let parameters: Parameters
}
