/// Names one transcript file of one host: 32 hex digits of SHA-256 over host and canonical path.
package struct FileID: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible {
    package let rawValue: String

    package init?(rawValue: String) {
        guard rawValue.utf8.count == 32, rawValue.allSatisfy(\.isHexDigit) else { return nil }
        self.rawValue = rawValue
    }

    package init(host: String, path: String) {
        rawValue = String(SHA256.hexadecimal(of: host + "\n" + path).prefix(32))
    }

    package var description: String { rawValue }
}
