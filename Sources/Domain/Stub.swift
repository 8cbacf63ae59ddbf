package struct SecretPattern: Sendable { package init(kind: String, pattern: String) throws {} }
