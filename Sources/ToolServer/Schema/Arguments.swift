package import Domain

/// The arguments of a call, already held against the tool's input schema: what is there is of its type and range.
package struct Arguments: Sendable, Equatable {
    private let values: [String: JSONValue]

    package init(_ values: [String: JSONValue]) { self.values = values }

    package func string(_ name: String) throws(ToolError) -> String { try given(name, optionalString(name)) }
    package func int(_ name: String) throws(ToolError) -> Int { try given(name, optionalInt(name)) }
    package func bool(_ name: String) throws(ToolError) -> Bool { try given(name, optionalBool(name)) }
    package func strings(_ name: String) throws(ToolError) -> [String] { try given(name, optionalStrings(name)) }

    package func optionalString(_ name: String) -> String? { values[name]?.string }
    package func optionalBool(_ name: String) -> Bool? { values[name]?.bool }

    package func optionalInt(_ name: String) -> Int? { values[name]?.number.flatMap { Int(exactly: $0) } }

    package func optionalStrings(_ name: String) -> [String]? {
        guard let elements = values[name]?.elements else { return nil }
        let strings = elements.compactMap(\.string)
        return strings.count == elements.count ? strings : nil
    }

    /// The schema lets no call through without it; a tool that reads what its schema does not require says so here.
    private func given<Value>(_ name: String, _ value: Value?) throws(ToolError) -> Value {
        guard let value else { throw ToolError(.invalid, "\(name) is missing", remedy: "call again with \(name)") }
        return value
    }
}
