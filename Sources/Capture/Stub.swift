package import Domain
package struct Redactor: Sendable { package init(extraPatterns: [SecretPattern] = []) {}; package func redact(_ t: String) -> String { t }; package func redact(_ t: [UInt8]) -> [UInt8] { t } }
