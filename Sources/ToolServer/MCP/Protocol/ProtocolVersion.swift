internal import Domain

/// The revisions of the Model Context Protocol that begin with `initialize`.
package enum ProtocolVersion: String, Sendable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"

    package static let newest = november2025

    /// The version to speak with a client that asks for one: that, or the newest, which the client may then refuse.
    package static func answer(to asked: String) -> ProtocolVersion { ProtocolVersion(rawValue: asked) ?? newest }

    /// `annotations` of tools, in which a title may stand.
    var hasAnnotations: Bool { self >= .march2025 }
    /// `outputSchema` of tools and `structuredContent` of results.
    var hasStructuredContent: Bool { self >= .june2025 }
    /// `title` beside a name.
    var hasTitles: Bool { self >= .june2025 }
    /// `message` in progress notifications.
    var hasProgressMessages: Bool { self >= .march2025 }
    /// Batches came with one revision and went with the next.
    var allowsBatches: Bool { self == .march2025 }

    package static func < (one: ProtocolVersion, other: ProtocolVersion) -> Bool { one.rawValue < other.rawValue }
}

/// How the server names itself.
package struct ServerIdentity: Sendable {
    package let name: String
    package let title: String
    package let version: String
    package let instructions: String

    package init(name: String, title: String, version: String, instructions: String) {
        self.name = name
        self.title = title
        self.version = version
        self.instructions = instructions
    }

    /// The result of `initialize`.
    func greeting(in version: ProtocolVersion) -> JSONValue {
        var info: [String: JSONValue] = ["name": .string(name), "version": .string(self.version)]
        if version.hasTitles { info["title"] = .string(title) }
        return [
            "protocolVersion": .string(version.rawValue),
            "capabilities": ["tools": ["listChanged": false]],
            "serverInfo": .object(info),
            "instructions": .string(instructions),
        ]
    }
}
