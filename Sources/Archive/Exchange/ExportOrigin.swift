internal import FoundationEssentials

/// Whose words a line of an export holds; the rest of it is not looked at.
package struct ExportOrigin: Decodable, Sendable {
    package let sessionID: String
    /// Empty where there is none.
    package let dispatchKey: String

    private enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
        case dispatchKey = "dispatch_key"
    }

    /// - Returns: nil for what is no episode.
    package init?(ofLine line: String) {
        guard let origin = try? JSONDecoder().decode(Self.self, from: Data(line.utf8)) else { return nil }
        self = origin
    }
}
