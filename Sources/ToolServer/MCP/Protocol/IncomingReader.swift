internal import Domain

/// What a line of the client holds.
enum Incoming: Sendable, Equatable {
    case message(RPCMessage)
    case batch([RPCMessage])
    /// No JSON, or too much of it.
    case unreadable(RPCError)
}

/// Makes messages of the bytes of a line.
struct IncomingReader: Sendable {
    let nesting: Int

    func read(_ line: [UInt8]) -> Incoming {
        guard String(validating: line, as: UTF8.self) != nil else { return .unreadable(.parse("no UTF-8")) }
        var parser = JSONParser(line, nesting: nesting)
        do throws(JSONParser.Fault) {
            guard parser.peek() == UInt8(ascii: "[") else {
                let message = try self.message(&parser)
                try parser.end()
                return .message(message)
            }
            var messages: [RPCMessage] = []
            try parser.array { (parser) throws(JSONParser.Fault) in messages.append(try self.message(&parser)) }
            try parser.end()
            return .batch(messages)
        } catch {
            return switch error {
            case .malformed(let offset): .unreadable(.parse("no JSON at byte \(offset)"))
            case .tooDeep(let limit): .unreadable(.parse("nested deeper than \(limit)"))
            }
        }
    }

    private func message(_ parser: inout JSONParser) throws(JSONParser.Fault) -> RPCMessage {
        guard parser.peek() == UInt8(ascii: "{") else {
            _ = try parser.value()
            return .invalid(id: nil, .invalidRequest("a message is an object"))
        }
        var envelope = Envelope()
        try parser.object { (name, parser) throws(JSONParser.Fault) in
            switch name {
            case "jsonrpc": envelope.version = try parser.value()
            case "id":
                envelope.hasID = true
                envelope.id = try parser.identifier()
            case "method": envelope.method = try parser.value()
            case "params": try parameters(&parser, of: &envelope)
            case "result", "error":
                envelope.isResponse = true
                _ = try parser.value()
            default: _ = try parser.value()
            }
        }
        return envelope.message
    }

    private func parameters(_ parser: inout JSONParser, of envelope: inout Envelope) throws(JSONParser.Fault) {
        guard parser.peek() == UInt8(ascii: "{") else {
            envelope.hasBadParameters = try parser.value() != .null
            return
        }
        var parameters = Parameters()
        try parser.object { (name, parser) throws(JSONParser.Fault) in
            switch name {
            case "requestId": parameters.requestID = try parser.identifier()
            case "_meta" where parser.peek() == UInt8(ascii: "{"):
                try parser.object { (name, parser) throws(JSONParser.Fault) in
                    if name == "progressToken" {
                        parameters.progressToken = try parser.identifier()
                    } else {
                        _ = try parser.value()
                    }
                }
            default: parameters.values[name] = try parser.value()
            }
        }
        envelope.parameters = parameters
    }
}

/// The members of a message before it is known what it is.
private struct Envelope {
    var version: JSONValue?
    var hasID = false
    var id: Identifier?
    var method: JSONValue?
    var parameters = Parameters()
    var hasBadParameters = false
    var isResponse = false

    var message: RPCMessage {
        guard version == "2.0" else { return .invalid(id: id, .invalidRequest("\"jsonrpc\" is not \"2.0\"")) }
        guard let method else {
            return isResponse ? .response : .invalid(id: id, .invalidRequest("\"method\" is missing"))
        }
        guard case .string(let name) = method else {
            return .invalid(id: id, .invalidRequest("\"method\" is no string"))
        }
        guard hasID else {
            // Nobody waits for an answer to a notification, so a broken one is an unknown one.
            return .notification(method: name, parameters)
        }
        guard let id else { return .invalid(id: nil, .invalidRequest("\"id\" is neither a string nor an integer")) }
        guard !hasBadParameters else { return .invalid(id: id, .invalidParameters("\"params\" is no object")) }
        return .request(Request(id: id, method: name, parameters: parameters))
    }
}
