internal import Domain

/// The parameters of a request or notification.
struct Parameters: Sendable, Equatable {
    var values: [String: JSONValue] = [:]
    /// `requestId`, of a cancellation.
    var requestID: Identifier?
    /// `_meta.progressToken`: the client wants to hear how the call goes.
    var progressToken: Identifier?

    subscript(name: String) -> JSONValue? { values[name] }
}
