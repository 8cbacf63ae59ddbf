internal import Domain
internal import Platform
package import Settings

/// Why the companion, or its embedded Redis, could not start: what the one that was started last said before it ended, its
/// loader's words too. A companion that lives and has a Redis takes it away.
package struct StartFailure: Sendable {
    private let path: String

    package init(_ state: StateFolder) { path = state.companionFailure }

    /// What was said last, on one line; nil where nothing was.
    package var reason: String? {
        guard let text = try? Files.read(path, limit: 16 << 10) else { return nil }
        guard let line = text.split(whereSeparator: \.isNewline).last(where: { !$0.allSatisfy(\.isWhitespace) }) else {
            return nil
        }
        let words = VisibleText.line(String(line.prefix(500)))
        // Said to a terminal, by a program that names itself.
        let own = "holdfast-companion: "
        return words.hasPrefix(own) ? String(words.dropFirst(own.count)) : words
    }

    /// A folder that takes no file is seen by itself.
    package func note(_ reason: String) { try? Files.write(VisibleText.line(reason) + "\n", to: path) }

    package func clear() { Files.remove(path) }
}
