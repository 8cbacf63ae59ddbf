/// Text in HTML.
package enum Markup {
    /// Text that a browser shows as it is, in an element and in a quoted attribute.
    ///
    /// By scalar: what goes by `Character`, as swift-mustache does, lets a quote through that has grown together with what
    /// stands before or behind it, and a browser that reads it ends the attribute there.
    package static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
