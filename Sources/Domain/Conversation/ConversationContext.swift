/// What was said last under a key, as somebody puts it before a prompt.
package struct ConversationContext: Sendable, Equatable {
    /// The oldest first.
    package private(set) var messages: [ConversationMessage] = []
    /// Each message behind its role. Its further lines stand a little in, so that none can pass for another's message.
    package private(set) var text = ""

    /// - Parameters:
    ///   - said: the oldest first.
    ///   - maxMessages: of the last ones.
    ///   - maxCharacters: of the text, in UTF-16 units. Messages are whole, and the oldest go first; where the last one alone
    ///     is too long, it loses its middle.
    package init(of said: [ConversationMessage], maxMessages: Int, maxCharacters: Int) {
        for message in said.suffix(maxMessages).reversed() {
            let whole = Self.words(of: message) + (messages.isEmpty ? "" : "\n" + text)
            if whole.utf16.count <= maxCharacters {
                messages.insert(message, at: 0)
                text = whole
                continue
            }
            if messages.isEmpty, let part = Self.part(of: message, within: maxCharacters) {
                messages = [part]
                text = Self.words(of: part)
            }
            return
        }
    }

    private static func words(of message: ConversationMessage) -> String {
        // Whatever breaks a line for whoever reads it: CR and LF together are one character, and U+2028 is another.
        let lines = message.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return "\(message.role.rawValue): \(lines.joined(separator: "\n  "))"
    }

    /// Beginning and end of it.
    /// - Returns: nil where there is no room for them.
    private static func part(of message: ConversationMessage, within limit: Int) -> ConversationMessage? {
        var part = message
        var room = limit
        while room > 0 {
            part.text = message.text.withoutMiddle(beyond: room)
            let excess = words(of: part).utf16.count - limit
            if excess <= 0 { return part }
            room -= excess
        }
        return nil
    }
}
