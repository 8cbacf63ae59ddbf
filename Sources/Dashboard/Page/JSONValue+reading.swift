internal import Domain

/// Reading the API's JSON: what is not there, or of another kind, is nothing.
extension JSONValue {
    func text(_ name: String) -> String { self[name]?.string ?? "" }

    func figure(_ name: String) -> Double { self[name]?.number ?? 0 }

    func list(_ name: String) -> [JSONValue] { self[name]?.elements ?? [] }

    func part(_ name: String) -> JSONValue { self[name] ?? .null }

    /// With these members in place of, or beside, its own.
    func adding(_ others: [String: JSONValue]) -> JSONValue {
        .object((members ?? [:]).merging(others) { _, other in other })
    }
}
