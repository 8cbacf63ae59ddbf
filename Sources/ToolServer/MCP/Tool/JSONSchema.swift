package import Domain

/// Writes the JSON schemas of tools: of arguments, those that `ArgumentCheck` understands, and of results.
package enum JSONSchema {
    /// - Parameter required: all that are not named may be missing; nil when all are there.
    package static func object(
        _ properties: [String: JSONValue], required: [String]? = nil, description: String? = nil
    ) -> JSONValue {
        schema(
            "object", description,
            [
                "properties": .object(properties),
                "required": .array((required ?? properties.keys.sorted()).map(JSONValue.string)),
                "additionalProperties": false,
            ])
    }

    package static func string(
        _ description: String? = nil, oneOf allowed: [String]? = nil, length: ClosedRange<Int>? = nil
    ) -> JSONValue {
        var rules: [String: JSONValue] = [:]
        if let allowed { rules["enum"] = .array(allowed.map(JSONValue.string)) }
        if let length {
            rules["minLength"] = .number(Double(length.lowerBound))
            rules["maxLength"] = .number(Double(length.upperBound))
        }
        return schema("string", description, rules)
    }

    package static func integer(
        _ description: String? = nil, in range: ClosedRange<Int>? = nil, default value: Int? = nil
    ) -> JSONValue {
        var rules: [String: JSONValue] = [:]
        if let range {
            rules["minimum"] = .number(Double(range.lowerBound))
            rules["maximum"] = .number(Double(range.upperBound))
        }
        if let value { rules["default"] = .number(Double(value)) }
        return schema("integer", description, rules)
    }

    package static func number(_ description: String? = nil) -> JSONValue { schema("number", description) }

    package static func boolean(_ description: String? = nil, default value: Bool? = nil) -> JSONValue {
        schema("boolean", description, value.map { ["default": .bool($0)] } ?? [:])
    }

    package static func array(
        of items: JSONValue, _ description: String? = nil, count: ClosedRange<Int>? = nil
    ) -> JSONValue {
        var rules: [String: JSONValue] = ["items": items]
        if let count {
            rules["minItems"] = .number(Double(count.lowerBound))
            rules["maxItems"] = .number(Double(count.upperBound))
        }
        return schema("array", description, rules)
    }

    /// The same or null, in results: an argument that is not required may be null anyhow.
    package static func orNull(_ schema: JSONValue) -> JSONValue {
        guard var members = schema.members, let type = members["type"] else { return schema }
        members["type"] = [type, "null"]
        if let allowed = members["enum"]?.elements { members["enum"] = .array(allowed + [.null]) }
        return .object(members)
    }

    private static func schema(
        _ type: String, _ description: String?, _ rules: [String: JSONValue] = [:]
    ) -> JSONValue {
        var members = rules
        members["type"] = .string(type)
        if let description { members["description"] = .string(description) }
        return .object(members)
    }
}
