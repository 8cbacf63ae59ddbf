/// Names a provider as one credential sees it: a bad key stops its owner only, and a changed one starts clean.
package struct ProviderID: Hashable, Sendable, CustomStringConvertible {
    /// As the configuration spells it.
    package let name: String
    /// 8 hex digits of SHA-256 over base URL and credential.
    package let fingerprint: String

    package init(name: String, fingerprint: String) {
        self.name = name
        self.fingerprint = fingerprint
    }

    /// - Parameter text: `anthropic:1a2b3c4d`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":")
        guard parts.count == 2 else { return nil }
        self.init(name: String(parts[0]), fingerprint: String(parts[1]))
    }

    package var description: String { "\(name):\(fingerprint)" }
}
