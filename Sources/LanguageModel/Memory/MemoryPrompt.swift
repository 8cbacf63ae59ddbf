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
        values["conversation"] = Self.unfenced(conversation, boundary)
        if let digest, !digest.isEmpty { values["digest"] = Self.unfenced(digest, boundary) }
        return values
    }

    /// The text without the boundary. It is random, so it is hardly ever there; to look for it by characters would take
    /// most of the time that a prompt takes.
    static func unfenced(_ text: String, _ boundary: String) -> String {
        ByteSearch.contains(text, boundary) ? text.replacing(boundary, with: "") : text
    }
}

/// The tags of a Mustache text, read by ourselves: the library renders an unknown name as nothing and keeps its tokens to
/// itself.
enum TemplateTags {
    /// - Returns: the names used, and what is wrong with the first tag that a template may not hold.
    static func problem(in text: String, known: [String]) -> (names: Set<String>, reason: String?) {
        var names: Set<String> = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            let line = text[..<open.lowerBound].count { $0.isNewline } + 1
            rest = rest[open.upperBound...]
            let isTriple = rest.first == "{"
            guard let close = rest.firstRange(of: isTriple ? "}}}" : "}}") else {
                return (names, "line \(line): a tag is not closed")
            }
            let tag = rest[..<close.lowerBound].drop { $0 == "{" }
            rest = rest[close.upperBound...]
            guard let sign = tag.first, sign != "!" else { continue }
            if ">$<=%*".contains(sign) {
                return (names, "line \(line): {{\(tag)}} is not supported: no partials, blocks, delimiters or pragmas")
            }
            let name = tag.drop { "#^/&".contains($0) }.filter { !$0.isWhitespace }
            guard name != "." else { continue }
            guard known.contains(name) else {
                return (names, "line \(line): {{\(name)}} is unknown; there are \(known.joined(separator: ", "))")
            }
            names.insert(name)
        }
        return (names, nil)
    }
}
