package import Domain

/// Something a client may call: how it is described, what it takes, what it does.
package struct Tool: Sendable {
    package typealias Body = @Sendable (Arguments, CallContext) async throws(ToolError) -> ToolResult

    package let name: String
    package let title: String
    package let description: String
    /// A schema of an object, of what `ArgumentCheck` understands.
    package let inputSchema: JSONValue
    /// A schema of an object without a member `error`, which is that of failures.
    package let outputSchema: JSONValue?
    package let annotations: ToolAnnotations
    /// From the call's arrival to its answer, waiting included. Who has none after it is told so.
    package let deadline: Duration
    package let call: Body

    package init(
        name: String, title: String, description: String, inputSchema: JSONValue, outputSchema: JSONValue?,
        annotations: ToolAnnotations, deadline: Duration, call: @escaping Body
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.deadline = deadline
        self.call = call
    }
}
