/// Reading a value of a shape one hopes for: whatever is not of the kind wanted is nil.
extension JSONValue {
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var elements: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A count: whole, not negative, and no more than a counter can take.
    package var count: Int64? {
        guard case .number(let value) = self, value >= 0, value < 1e15 else { return nil }
        return Int64(value)
    }
}
