internal import Domain
internal import Mustache

/// A value as swift-mustache takes it.
enum DrawnValue {
    /// Nothing, and said so: what is only left out would be looked for in the values around it.
    private struct Nothing: MustacheCustomRepresentation {
        var representation: Any? { nil }
    }

    /// - Returns: text escaped already. swift-mustache escapes by `Character`: what grows together with a quote, before
    ///   or behind it, lets it through, and a browser that reads it ends the attribute there.
    static func of(_ value: JSONValue) -> Any {
        switch value {
        case .null: Nothing()
        case .bool(let flag): flag
        // 12 rather than 12.0.
        case .number(let number) where number == number.rounded() && abs(number) < 1e15: Int64(number)
        case .number(let number): number
        case .string(let text): escaped(text)
        case .array(let elements): elements.map(of)
        case .object(let members): members.mapValues(of)
        }
    }

    static func escaped(_ text: String) -> String {
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
