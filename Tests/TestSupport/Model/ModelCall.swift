internal import Domain

/// One request a scripted model got.
package struct ModelCall: Sendable, Equatable {
    package var method: String
    /// With its query.
    package var uri: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: String

    package var path: String { String(uri.prefix { $0 != "?" }) }

    /// A call of a model, not a question for the list of them.
    package var isCompletion: Bool { path.hasSuffix("/v1/messages") || path.hasSuffix("/chat/completions") }
    package var isAnthropic: Bool { path.hasSuffix("/v1/messages") || path.hasSuffix("/v1/models") }

    /// The first word of the prompt that begins with `mark-`, or its last word.
    package var promptWord: String {
        guard let json = try? JSONValue(parsing: body), case .object(let members) = json,
            case .array(let messages) = members["messages"], case .object(let last) = messages.last,
            case .string(let prompt) = last["content"]
        else { return "nothing" }
        let words = prompt.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }
        return String(words.first { $0.hasPrefix("mark-") } ?? words.last ?? "nothing")
    }
}
