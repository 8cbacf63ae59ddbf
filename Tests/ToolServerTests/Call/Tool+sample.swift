import Domain

@testable import ToolServer

extension Tool {
    static func sample(
        _ name: String, input: JSONValue = JSONSchema.object([:]), output: JSONValue? = nil,
        deadline: Duration = .seconds(9),
        call: @escaping Body = { (_, _) throws(ToolError) in ToolResult(text: "", structured: [:]) }
    ) -> Tool {
        Tool(
            name: name, title: name.prefix(1).uppercased() + name.dropFirst(), description: "A sample.",
            inputSchema: input, outputSchema: output,
            annotations: ToolAnnotations(readOnly: true), deadline: deadline, call: call)
    }
}
