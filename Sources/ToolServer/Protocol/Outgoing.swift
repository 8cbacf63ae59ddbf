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
