import Domain
import Testing

@testable import ToolServer

struct ToolListingTests {
    private let tool = Tool.sample("peek", output: JSONSchema.object(["count": JSONSchema.integer()]))

    @Test func showsWhatTheVersionKnows() {
        let names = ProtocolVersion.allCases.map { tool.listed(for: $0).members?.keys.sorted() ?? [] }
        let oldest = ["description", "inputSchema", "name"]
        let newest = ["annotations", "description", "inputSchema", "name", "outputSchema", "title"]
        #expect(names == [oldest, ["annotations"] + oldest, newest, newest])
        #expect(tool.listed(for: .march2025)["annotations"]?["title"] == "Peek")
        #expect(tool.listed(for: .june2025)["annotations"]?["title"] == nil)
    }

    @Test func opensTheOutputSchemaForFailures() {
        let schema = tool.listed(for: .newest)["outputSchema"]
        #expect(schema?["properties"]?.members?.keys.sorted() == ["count", "error"])
        #expect(schema?["anyOf"] == [["required": ["count"]], ["required": ["error"]]])
        #expect(schema?["required"] == nil)
        #expect(schema?["type"] == "object")
    }

    @Test func saysOfAReadingToolOnlyThatItReads() {
        #expect(ToolAnnotations(readOnly: true).json(title: nil) == ["readOnlyHint": true, "openWorldHint": false])
        #expect(
            ToolAnnotations(readOnly: false, destructive: true).json(title: nil)
                == [
                    "readOnlyHint": false, "openWorldHint": false, "destructiveHint": true, "idempotentHint": false,
                ])
    }
}

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
