/// Makes text that came from anywhere fit for a terminal.
enum PlainText {
    /// With a blank for each NUL.
    static func withoutZero(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(decoding: text.utf8.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    /// One line without control characters and without those that turn the direction of what follows.
    static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                if line.last != " " { line.append(" ") }
            default:
                if !scalar.properties.isBidiControl { line.append(scalar) }
            }
        }
        return String(line)
    }
}
