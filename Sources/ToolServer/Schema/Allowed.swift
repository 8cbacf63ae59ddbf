internal import Domain

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
