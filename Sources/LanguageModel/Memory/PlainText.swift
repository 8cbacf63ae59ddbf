/// Text of a model made fit to be shown: nothing in it can move a cursor or turn the reading direction.
enum PlainText {
    /// One line of at most `limit` characters.
    static func line(_ text: String, limit: Int) -> String {
        bounded(cleaned(text, keepsLines: false).split(separator: " ").joined(separator: " "), limit)
    }

    /// Lines kept, at most `limit` characters.
    static func lines(_ text: String, limit: Int) -> String {
        let text = cleaned(text, keepsLines: true)
        let start = text.drop(while: \.isWhitespace)
        return bounded(String(start), limit)
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
            default: if !isHidden(scalar) { kept.append(scalar) }
            }
        }
        return String(kept)
    }

    /// Control characters, those that override the reading direction, and those that take no room.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<32, 127..<160, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF,
            0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}
