internal import Domain

/// Reading what a server sent: whatever is not of the kind wanted is nil.
extension JSONValue {
    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var elements: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// A count: whole, not negative, and no more than a counter can take.
    var count: Int64? {
        guard case .number(let value) = self, value >= 0, value < 1e15 else { return nil }
        return Int64(value)
    }
}
