import Domain

@testable import ToolServer

extension Conversation {
    /// One that has agreed on a version, unless that is nil, with the tools `a` and `b`.
    static func spoken(_ version: ProtocolVersion? = .newest, limits: Limits = Limits()) -> Conversation {
        let info = ServerIdentity(name: "n", title: "N", version: "1", instructions: "i")
        let input = JSONSchema.object(["x": JSONSchema.integer()], required: [])
        let tools = [Tool.sample("a", input: input), Tool.sample("b", deadline: .milliseconds(1500))]
        var conversation = Conversation(info: info, tools: tools, limits: limits)
        if let version {
            _ = conversation.hear(0, "initialize", #"{"protocolVersion":"\#(version.rawValue)"}"#)
        }
        return conversation
    }

    mutating func hear(line text: String) -> [Action] { received(.whole(Array(text.utf8))) }

    mutating func hear(_ id: Int, _ method: String, _ parameters: String = "{}") -> [Action] {
        hear(line: Self.request(id, method, parameters))
    }

    mutating func call(_ id: Int, _ tool: String, _ arguments: String = "{}", meta: String = "{}") -> [Action] {
        hear(id, "tools/call", #"{"name":"\#(tool)","arguments":\#(arguments),"_meta":\#(meta)}"#)
    }

    mutating func cancelled(_ id: Int) -> [Action] {
        hear(line: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }

    static func request(_ id: Int, _ method: String, _ parameters: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters)}"#
    }
}

extension Call {
    static func sample(_ number: Int, _ tool: String = "a", _ arguments: [String: JSONValue] = [:]) -> Call {
        Call(id: CallID(number: number), tool: tool, arguments: Arguments(arguments))
    }
}

extension Action {
    /// The message that is sent, nil when something else is to be done.
    var sent: JSONValue? {
        guard case .send(let line) = self else { return nil }
        var parser = JSONParser(Array(line.utf8), nesting: 64)
        return try? parser.value()
    }
}
