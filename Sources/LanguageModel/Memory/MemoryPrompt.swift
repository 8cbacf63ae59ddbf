internal import Domain

/// What the templates of the memory prompt are filled with.
package struct MemoryPrompt: Sendable, Equatable {
    package var key: String
    package var session: String
    package var project: String
    package var capturedAt: String
    /// What is known of the episode without a model.
    package var digest: String?
    /// Redacted, and bounded by the caller.
    package var conversation: String
    /// Random for every call, so that no conversation can close the fence around it.
    package var boundary: String

    package init(
        key: String, session: String, project: String, capturedAt: String, digest: String? = nil, conversation: String,
        boundary: String
    ) {
        self.key = key
        self.session = session
        self.project = project
        self.capturedAt = capturedAt
        self.digest = digest
        self.conversation = conversation
        self.boundary = boundary
    }

    /// The bounds of `MemoryAnswer`, told to the model.
    package static let limits = ["max_title": "200", "max_summary": "4000", "max_items": "50", "max_item": "500"]

    /// Every variable a template may name.
    package static let variables =
        ["key", "session", "project", "captured_at", "digest", "conversation", "boundary"] + limits.keys.sorted()

    /// What the templates see. Names and digest are one line or plain text: they stand outside the fence.
    package var values: [String: String] {
        var values = Self.limits
        values["key"] = PlainText.line(key, limit: 512)
        values["session"] = PlainText.line(session, limit: 128)
        values["project"] = PlainText.line(project, limit: 512)
        values["captured_at"] = PlainText.line(capturedAt, limit: 64)
        values["boundary"] = boundary
        values["conversation"] = unfenced(conversation)
        if let digest, !digest.isEmpty { values["digest"] = unfenced(digest) }
        return values
    }

    /// The text without the boundary. It is random, so it is hardly ever there; to look for it by characters would take
    /// most of the time that a prompt takes.
    private func unfenced(_ text: String) -> String {
        ByteSearch.contains(text, boundary) ? text.replacing(boundary, with: "") : text
    }
}
