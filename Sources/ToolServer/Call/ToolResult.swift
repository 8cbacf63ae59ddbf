package import Domain

/// What a tool answers.
package struct ToolResult: Sendable, Equatable {
    /// One or a few sentences.
    package let text: String
    /// All of it, an object that fits the tool's output schema.
    package let structured: JSONValue

    package init(text: String, structured: JSONValue) {
        self.text = text
        self.structured = structured
    }
}
