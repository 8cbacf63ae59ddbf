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
    /// What arguments were called once, with what they are called now: a client that learnt them then is understood.
    private(set) var formerNames: [String: String] = [:]

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

extension Tool {
    func understanding(_ formerNames: [String: String]) -> Tool {
        var tool = self
        tool.formerNames = formerNames
        return tool
    }

    /// The arguments by the names that they have now. One that is given by both names keeps both, and the former is
    /// an unknown one.
    func renamed(_ arguments: [String: JSONValue]) -> [String: JSONValue] {
        let known = inputSchema["properties"]?.members ?? [:]
        var renamed = arguments
        for (former, name) in formerNames where known[former] == nil && known[name] != nil {
            guard let value = arguments[former], arguments[name] == nil else { continue }
            renamed[former] = nil
            renamed[name] = value
        }
        return renamed
    }
}

/// What a client may assume of a tool before it lets a model call it.
package struct ToolAnnotations: Sendable, Equatable {
    package var isReadOnly: Bool
    package var isDestructive: Bool
    /// Called twice with the same arguments, it does no more than called once.
    package var isIdempotent: Bool
    /// It reaches beyond this host's own data.
    package var isOpenWorld: Bool

    package init(readOnly: Bool, destructive: Bool = false, idempotent: Bool = false, openWorld: Bool = false) {
        isReadOnly = readOnly
        isDestructive = destructive
        isIdempotent = idempotent
        isOpenWorld = openWorld
    }

    /// - Parameter title: where a tool has no `title` of its own yet.
    func json(title: String?) -> JSONValue {
        var hints: [String: JSONValue] = ["readOnlyHint": .bool(isReadOnly), "openWorldHint": .bool(isOpenWorld)]
        // The other two say something only of a tool that changes things.
        if !isReadOnly {
            hints["destructiveHint"] = .bool(isDestructive)
            hints["idempotentHint"] = .bool(isIdempotent)
        }
        if let title { hints["title"] = .string(title) }
        return .object(hints)
    }
}

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
