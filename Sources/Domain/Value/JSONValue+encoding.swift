internal import FoundationEssentials

extension JSONValue {
    /// A value as the JSON it encodes to.
    package init(encoding value: some Encodable) throws {
        let data = try JSONEncoder().encode(value)
        self = try JSONDecoder().decode(JSONValue.self, from: data)
    }
}
