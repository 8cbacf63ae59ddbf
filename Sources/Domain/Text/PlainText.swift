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

    /// The text with what opens a tag made to open none: the client puts hooks' words between tags of its own.
    package static func withoutTags(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let opens = scalar == "<" && rest.first.map { $0 == "/" || $0 == "!" || $0.properties.isAlphabetic } == true
            shown.append(opens ? "‹" : scalar)
        }
        return String(shown)
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

/// Text of others as a person may see it: what steers a terminal or turns the direction of writing is shown, not
/// obeyed.
package enum VisibleText {
    /// The same on one line.
    package static func line(_ text: String) -> String {
        of(text).reduce(into: "") { line, character in
            switch character {
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            default: line.append(character)
            }
        }
    }

    /// Lines and tabs stay.
    package static func of(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            // The end of a line as Windows writes it.
            if scalar == "\r", scalars.first == "\n" { continue }
            if scalar.steersDisplay || previous.map(isMarkup) == true && joins(scalar) {
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            } else {
                shown.append(scalar)
            }
            previous = scalar
        }
        return String(shown)
    }

    /// JSON, whose strings say the same by escapes.
    package static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.steersDisplay) else { return text }
        return text.unicodeScalars.reduce(into: "") { shown, scalar in
            guard scalar.steersDisplay else { return shown.unicodeScalars.append(scalar) }
            shown += "\\u" + String(scalar.value, digits: 4, radix: 16)
        }
    }

    private static func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "<", ">", "&": true
        default: false
        }
    }

    /// Whether it makes one `Character` with what stands before it: one that is no quote any more to whoever escapes by
    /// `Character`, as swift-mustache does, and still one to a browser.
    private static func joins(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: scalar.value == 0x200C || scalar.value == 0x200D
        }
    }
}
