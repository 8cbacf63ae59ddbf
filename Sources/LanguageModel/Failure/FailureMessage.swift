internal import Domain

/// The form of a failure's text for people.
package enum FailureMessage {
    package static let mostBytes = 300

    /// One line without control characters, of at most 300 bytes.
    package static func bounded(_ text: String) -> String {
        var line = PlainText.line(text, limit: mostBytes)
        guard line.utf8.count > mostBytes else { return line }
        while line.utf8.count > mostBytes - "…".utf8.count { line.removeLast() }
        return line + "…"
    }
}
