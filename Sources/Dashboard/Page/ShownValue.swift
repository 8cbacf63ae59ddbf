internal import Domain
internal import Mustache
internal import Operations

/// A value as the template prints it: times relative, whole numbers in groups of three, text made visible. What it is
/// tells its type; of structures each member is shown under its name.
enum ShownValue {
    static func of(_ value: Any, now: Timestamp) -> JSONValue {
        switch value {
        // A time both for machines and for people.
        case let time as Timestamp:
            .object([
                "iso": .string(time.text), "text": .string(Words.relative(time.milliseconds, now: now.milliseconds)),
            ])
        case let flag as Bool: .bool(flag)
        case let number as any BinaryInteger: .string(Words.count(Double(Int64(clamping: number))))
        case let number as Double:
            number == number.rounded() ? .string(Words.count(number)) : .number(number)
        case let text as String: .string(VisibleText.of(text))
        case let word as any RawRepresentable<String>: .string(VisibleText.of(word.rawValue))
        case let counts as [String: Int64]: .object(counts.mapValues { of($0, now: now) })
        case let member as any OrNothing: member.value.map { of($0, now: now) } ?? .null
        default: members(value, now: now)
        }
    }

    private static func members(_ value: Any, now: Timestamp) -> JSONValue {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { of($0.value, now: now) } ?? .null
        case .collection, .set: return .array(mirror.children.map { of($0.value, now: now) })
        default:
            let named = mirror.children.compactMap { child in
                // A member in a property wrapper lies under its name with an underscore before it.
                child.label.map { (String($0.hasPrefix("_") ? $0.dropFirst() : $0[...]), child.value) }
            }
            return .object(Dictionary(named.map { ($0, of($1, now: now)) }) { first, _ in first })
        }
    }
}

/// A member that may be nothing.
private protocol OrNothing {
    var value: Any? { get }
}

extension OrNull: OrNothing {
    fileprivate var value: Any? { wrappedValue }
}

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

extension JSONValue {
    /// With these members in place of, or beside, its own.
    func adding(_ others: [String: JSONValue]) -> JSONValue {
        .object((members ?? [:]).merging(others) { _, other in other })
    }
}
