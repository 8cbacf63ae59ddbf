/// A pattern of the configuration that cannot be used.
package struct InvalidPattern: Error, CustomStringConvertible, Equatable {
    package let kind: String
    package let pattern: String
    package let reason: String

    package var description: String { "redaction pattern \"\(kind)\" (\(pattern)): \(reason)" }
}
