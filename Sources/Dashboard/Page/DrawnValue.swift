internal import Domain
internal import Mustache

/// A value as swift-mustache takes it.
enum DrawnValue {
    /// Nothing, and said so: what is only left out would be looked for in the values around it.
    private struct Nothing: MustacheCustomRepresentation {
        var representation: Any? { nil }
    }

    /// - Returns: text escaped already, since swift-mustache's own way has a hole (see `Markup`).
    static func of(_ value: JSONValue) -> Any {
        switch value {
        case .null: Nothing()
        case .bool(let flag): flag
        // 12 rather than 12.0.
        case .number(let number) where number == number.rounded() && abs(number) < 1e15: Int64(number)
        case .number(let number): number
        case .string(let text): Markup.escaped(text)
        case .array(let elements): elements.map(of)
        case .object(let members): members.mapValues(of)
        }
    }
}
