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
