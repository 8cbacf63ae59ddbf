package import Domain

extension Status {
    /// The JSON schema of a status, `docs/status.schema.json`.
    package static let schema: JSONValue = {
        let text = String(decoding: PackageResources.status_schema_json, as: UTF8.self)
        // Ours, and read by a test.
        return (try? JSONValue(parsing: text)) ?? .object([:])
    }()
}
