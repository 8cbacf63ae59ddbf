internal import Domain

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
