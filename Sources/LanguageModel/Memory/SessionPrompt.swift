internal import Domain

/// What the templates of a session's summary are filled with.
package struct SessionPrompt: Sendable, Equatable {
    package var key: String
    package var session: String
    package var project: String
    /// When the first and the last of the episodes were captured.
    package var from: String
    package var to: String
    /// The summary so far; empty where there is none.
    package var earlier: String
    /// Those of its episodes that the summary so far does not know, in their order; bounded by the caller.
    package var memories: String
    /// Random for every call, so that nothing between the marks can close them.
    package var boundary: String

    package init(
        key: String, session: String, project: String, from: String, to: String, earlier: String, memories: String,
        boundary: String
    ) {
        self.key = key
        self.session = session
        self.project = project
        self.from = from
        self.to = to
        self.earlier = earlier
        self.memories = memories
        self.boundary = boundary
    }

    /// Every variable a template may name.
    package static let variables =
        ["key", "session", "project", "from", "to", "earlier", "memories", "boundary"]
        + MemoryPrompt.limits.keys.sorted()

    package var values: [String: String] {
        var values = MemoryPrompt.limits
        values["key"] = PlainText.line(key, limit: 512)
        values["session"] = PlainText.line(session, limit: 128)
        values["project"] = PlainText.line(project, limit: 512)
        values["from"] = from
        values["to"] = to
        values["boundary"] = boundary
        values["memories"] = MemoryPrompt.unfenced(memories, boundary)
        if !earlier.isEmpty { values["earlier"] = MemoryPrompt.unfenced(earlier, boundary) }
        return values
    }
}
