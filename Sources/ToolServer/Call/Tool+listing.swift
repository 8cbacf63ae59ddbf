internal import Domain

extension Tool {
    /// The tool as `tools/list` shows it.
    func listed(for version: ProtocolVersion) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "description": .string(description), "inputSchema": inputSchema,
        ]
        if version.hasTitles { members["title"] = .string(title) }
        if version.hasAnnotations { members["annotations"] = annotations.json(title: version.hasTitles ? nil : title) }
        if version.hasStructuredContent, let outputSchema { members["outputSchema"] = Self.orError(outputSchema) }
        return .object(members)
    }

    /// The schema, opened for the structured content of failures.
    ///
    /// The specification leaves open whether a failure must fit the schema. Python's client looks at successes only,
    /// TypeScript's at all structured content, and would throw our error away for one of its own.
    private static func orError(_ schema: JSONValue) -> JSONValue {
        guard var members = schema.members, var properties = members["properties"]?.members else { return schema }
        properties["error"] = JSONSchema.object(
            [
                "category": JSONSchema.string(oneOf: ToolError.Category.allCases.map(\.rawValue)),
                "message": JSONSchema.string(), "remedy": JSONSchema.string("The way out."),
            ],
            description: "Why the call failed; then nothing else is there.")
        let required = members["required"] ?? []
        members["properties"] = .object(properties)
        members["required"] = nil
        members["anyOf"] = [["required": required], ["required": ["error"]]]
        return .object(members)
    }
}
