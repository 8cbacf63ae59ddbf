/// One request.
struct HTTPCall: Sendable {
    enum Method: Sendable {
        case get, post
    }

    var method: Method
    var url: String
    var headers: [String: String]
    var body = ""
}

/// What came back, whatever its status.
struct HTTPReply: Sendable, Equatable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String
}
