package import Domain

/// One line about a failure, for people.
package enum FailureText {
    private static let longest = 300

    /// The innermost message that says what happened. Holds no control characters; secrets are taken out elsewhere.
    package static func line(_ evidence: FailureEvidence) -> String {
        let body = BoundedBody.bytes(evidence.body)
        if let page = ErrorPage(body) {
            let name = page.title.isEmpty ? "an HTML page" : "an HTML page: \(page.title)"
            return shortened(evidence.httpStatus.map { "HTTP \($0) (\(name))" } ?? name)
        }
        let report = ReportReader.read(body)
        let fields = report.messages.filter(\.isField)
        // Of the fields the innermost; without any, the text itself.
        if let message = (fields.isEmpty ? report.messages : fields).first(where: { says($0.text) }) {
            return shortened(message.text)
        }
        let status = evidence.httpStatus.map { "HTTP \($0)" }
        let code = report.codes.first?.name
        switch (status, code) {
        case (let status?, let code?): return shortened("\(status) (\(code))")
        case (let status?, nil): return status + (body.allSatisfy(\.isSpace) ? " (an empty body)" : "")
        case (nil, let code?): return shortened(code)
        case (nil, nil): return "no reply and no message"
        }
    }

    private static func says(_ text: String) -> Bool {
        text.utf8.lazy.filter { $0.isLetter || $0 >= 0x80 }.prefix(3).count == 3
    }

    /// Cut between characters, never within one.
    private static func shortened(_ text: String) -> String {
        var line = ""
        var length = 0
        var isBlank = true
        for scalar in text.unicodeScalars {
            let isSpace =
                scalar.properties.isWhitespace
                || [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            if isSpace, isBlank { continue }
            let next: Unicode.Scalar = isSpace ? " " : scalar
            let size = UTF8.width(next)
            guard length + size <= longest - 3 else { return line + "…" }
            line.unicodeScalars.append(next)
            length += size
            isBlank = isSpace
        }
        return isBlank && !line.isEmpty ? String(line.dropLast()) : line
    }
}

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
