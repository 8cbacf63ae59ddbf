internal import Domain

/// The lines that the server writes, without their end.
///
/// Put together as text, since an id must stand as it came and a `JSONValue` has no integers.
enum Outgoing {
    static func result(_ result: JSONValue, to id: Identifier) -> String {
        #"{"jsonrpc":"2.0","id":\#(id.text),"result":\#(result.text)}"#
    }

    /// - Parameter id: nil when it cannot be told whom this answers.
    static func error(_ error: RPCError, to id: Identifier?) -> String {
        let body: JSONValue = ["code": .number(Double(error.code)), "message": .string(error.message)]
        return #"{"jsonrpc":"2.0","id":\#(id?.text ?? "null"),"error":\#(body.text)}"#
    }

    static func progress(_ progress: Progress, for token: Identifier, in version: ProtocolVersion) -> String {
        var line = #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(token.text)"#
        line += #","progress":\#(JSONValue.number(progress.done).text)"#
        if let total = progress.total { line += #","total":\#(JSONValue.number(total).text)"# }
        if version.hasProgressMessages, let message = progress.message {
            line += #","message":\#(JSONValue.string(message).text)"#
        }
        return line + "}}"
    }

    static func batch(_ answers: [String]) -> String { "[" + answers.joined(separator: ",") + "]" }
}

/// An error of the protocol, as against one of a tool: the client did wrong, not what it asked for failed.
struct RPCError: Error, Sendable, Equatable {
    let code: Int
    let message: String

    static func parse(_ message: String) -> RPCError { RPCError(code: -32700, message: "parse error: " + message) }
    static func invalidRequest(_ message: String) -> RPCError {
        RPCError(code: -32600, message: "invalid request: " + message)
    }
    static func methodNotFound(_ method: String) -> RPCError {
        RPCError(code: -32601, message: "method not found: " + method.shortened())
    }
    static func invalidParameters(_ message: String) -> RPCError {
        RPCError(code: -32602, message: "invalid params: " + message)
    }
    static func `internal`(_ message: String) -> RPCError {
        RPCError(code: -32603, message: "internal error: " + message)
    }
}

extension String {
    /// The text for use in a message: at most so many characters of it.
    func shortened(to limit: Int = 80) -> String {
        // Counting characters of megabytes takes its time; bytes are known.
        guard utf8.count > limit, let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex
        else {
            return self
        }
        return self[..<end] + "…"
    }
}
