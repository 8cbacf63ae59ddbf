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
