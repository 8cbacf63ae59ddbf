/// Text of others made plain: nothing in it can move a cursor or turn the direction of reading. What could is taken out
/// here, for texts that are ours to shape; where each sign must be told, `VisibleText` shows it.
package enum PlainText {
    /// One line, words a blank apart.
    /// - Parameter limit: in characters; what is longer ends in `…`.
    package static func line(_ text: String, limit: Int? = nil) -> String {
        let line = cleaned(text, keepsLines: false).split(separator: " ").joined(separator: " ")
        return limit.map { bounded(line, $0) } ?? line
    }

    /// Lines kept.
    /// - Parameter limit: in characters.
    package static func lines(_ text: String, limit: Int) -> String {
        let text = cleaned(text, keepsLines: true)
        let start = text.drop(while: \.isWhitespace)
        return bounded(String(start), limit)
    }

    /// The text with a blank for each NUL, which SQLite takes for the end.
    package static func withoutZeros(_ text: String) -> String {
        guard text.utf8.contains(0) else { return text }
        return String(decoding: text.utf8.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }

    private static func bounded(_ text: String, _ limit: Int) -> String {
        var text = text.count > limit ? String(text.prefix(limit - 1)) + "…" : text
        // A single character may be made of any number of marks.
        if text.utf8.count > limit * 8 { text = String(text.unicodeScalars.prefix(limit).map(Character.init)) }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private static func cleaned(_ text: String, keepsLines: Bool) -> String {
        var kept = String.UnicodeScalarView()
        var previousWasReturn = false
        for scalar in text.unicodeScalars {
            defer { previousWasReturn = scalar == "\r" }
            switch scalar {
            case "\n" where previousWasReturn: break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": kept.append(keepsLines ? "\n" : " ")
            case "\t": kept.append(" ")
            default: if !scalar.steersDisplay, !takesNoRoom(scalar) { kept.append(scalar) }
            }
        }
        return String(kept)
    }

    private static func takesNoRoom(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x180E, 0x200B, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Controls but tab and line feed, and what sets the direction of writing or breaks lines.
    var steersDisplay: Bool {
        switch value {
        case 0x09, 0x0A: false
        case ...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
