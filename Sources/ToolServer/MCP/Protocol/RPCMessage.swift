internal import Domain

/// One JSON-RPC message of the client.
enum RPCMessage: Sendable, Equatable {
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

/// The parameters of a request or notification.
struct Parameters: Sendable, Equatable {
    var values: [String: JSONValue] = [:]
    /// `requestId`, of a cancellation.
    var requestID: Identifier?
    /// `_meta.progressToken`: the client wants to hear how the call goes.
    var progressToken: Identifier?

    subscript(name: String) -> JSONValue? { values[name] }
}

/// A request id or progress token: a string or an integer, kept as the JSON it was written in.
///
/// So it is echoed to the last digit, and 1 is another id than "1".
struct Identifier: Sendable, Hashable {
    let text: String
}

extension JSONParser {
    /// Takes a value that should be a string or an integer.
    /// - Returns: nil when it is something else.
    mutating func identifier() throws(Fault) -> Identifier? {
        guard let first = peek() else { throw fault }
        let start = position
        switch first {
        case UInt8(ascii: "\""):
            _ = try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard try numeral().utf8.allSatisfy({ $0 == UInt8(ascii: "-") || 48...57 ~= $0 }) else { return nil }
        default:
            _ = try value()
            return nil
        }
        return Identifier(text: written(from: start))
    }
}
