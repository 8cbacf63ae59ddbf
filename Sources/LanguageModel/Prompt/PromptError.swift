/// A template of the user's that cannot be used.
package struct PromptError: Error, Sendable, Equatable, CustomStringConvertible {
    package var file: String
    package var reason: String

    package var description: String {
        "\(file): \(reason); correct it, or remove the file to use the built-in text"
    }
}
