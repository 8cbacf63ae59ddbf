internal import Domain

/// Holds arguments against a tool's input schema.
///
/// Understands what `JSONSchema` writes: `type`, `enum`, `minimum`, `maximum`, `minLength`, `maxLength`, `minItems`,
/// `maxItems`, `items`, `properties` and `required`; a member without a property is always too much.
struct ArgumentCheck {
    let schema: JSONValue

    /// - Returns: each fault in words: the thing, its value, what is allowed. None when all is in order.
    func faults(of arguments: [String: JSONValue]) -> [String] { faults(of: .object(arguments), at: "", schema) }

    private func faults(of value: JSONValue, at place: String, _ schema: JSONValue) -> [String] {
        let wrong = ["\(place) is \(value.text.shortened()); allowed: \(Allowed(schema: schema))"]
        switch (schema["type"]?.string, value) {
        case ("string", .string(let text)):
            let isOneOf = schema["enum"]?.elements?.contains(value) ?? true
            return isOneOf && fits(text.count, schema["minLength"], schema["maxLength"]) ? [] : wrong
        case ("integer", .number(let number)) where number == number.rounded() && abs(number) < 1e15:
            return fits(number, schema) ? [] : wrong
        case ("number", .number(let number)): return fits(number, schema) ? [] : wrong
        case ("boolean", .bool): return []
        case ("array", .array(let values)):
            guard fits(values.count, schema["minItems"], schema["maxItems"]) else {
                return ["\(place) has \(values.count) elements; allowed: \(Allowed(schema: schema))"]
            }
            return values.enumerated().flatMap { index, value in
                faults(of: value, at: "\(place)[\(index)]", schema["items"] ?? [:])
            }
        case ("object", .object(let members)): return faults(in: members, at: place, schema)
        case (nil, _): return []
        default: return wrong
        }
    }

    private func faults(in members: [String: JSONValue], at place: String, _ schema: JSONValue) -> [String] {
        let properties = schema["properties"]?.members ?? [:]
        let required = (schema["required"]?.elements ?? []).compactMap(\.string)
        let prefix = place.isEmpty ? "" : place + "."
        var faults: [String] = []
        for name in members.keys.sorted() where properties[name] == nil {
            let known = properties.keys.sorted().joined(separator: ", ")
            let allowed = known.isEmpty ? "there are none" : "allowed: " + known
            faults.append("unknown argument \(JSONValue.string(prefix + name.shortened()).text); \(allowed)")
        }
        for (name, schema) in properties.sorted(by: { $0.key < $1.key }) {
            switch members[name] {
            // Models write null for what they leave out.
            case nil, .null:
                guard required.contains(name) else { continue }
                faults.append("\(prefix + name) is missing; allowed: \(Allowed(schema: schema))")
            case .some(let value): faults += self.faults(of: value, at: prefix + name, schema)
            }
        }
        return faults
    }

    private func fits(_ number: Double, _ schema: JSONValue) -> Bool {
        number >= schema["minimum"]?.number ?? -.infinity && number <= schema["maximum"]?.number ?? .infinity
    }

    private func fits(_ count: Int, _ least: JSONValue?, _ most: JSONValue?) -> Bool {
        Double(count) >= least?.number ?? 0 && Double(count) <= most?.number ?? .infinity
    }
}

/// A schema in words, for who sent something else.
struct Allowed: CustomStringConvertible {
    let schema: JSONValue

    var description: String {
        switch schema["type"]?.string {
        case "string":
            if let allowed = schema["enum"]?.elements {
                return "one of " + allowed.compactMap(\.string).joined(separator: ", ")
            }
            return "a string" + range("minLength", "maxLength", of: " characters")
        case "integer": return "a whole number" + range("minimum", "maximum")
        case "number": return "a number" + range("minimum", "maximum")
        case "boolean": return "true or false"
        case "array":
            let items = schema["items"].map { Allowed(schema: $0).description } ?? "anything"
            return "a list" + range("minItems", "maxItems", of: " elements") + ", each " + items
        case "object": return "an object"
        default: return "anything"
        }
    }

    private func range(_ least: String, _ most: String, of unit: String = "") -> String {
        return switch (schema[least]?.text, schema[most]?.text) {
        case (nil, nil): ""
        case (let least?, nil): unit.isEmpty ? " from \(least) on" : " of at least \(least)\(unit)"
        case (nil, let most?): unit.isEmpty ? " up to \(most)" : " of at most \(most)\(unit)"
        case (let least?, let most?): (unit.isEmpty ? " from " : " of ") + "\(least) to \(most)\(unit)"
        }
    }
}
