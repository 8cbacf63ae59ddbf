package import Domain
package import Redaction

/// What of a transcript is kept, and what is to be found out on the way.
package struct ReadingRules: Sendable {
    package var policy: FilterPolicy
    package var redactor: Redactor
    /// What was said while recording was off.
    package var exclusions = Exclusions()
    /// The answer that a reader's `isHeard` tells of.
    package var awaited: AwaitedAnswer?
    /// Count what the model saw, and tokens: one more look at every block.
    package var countsSeen = false
    /// Collect the calls of tools that ended.
    package var countsCalls = false
    /// Texts to be told whole of which digests are kept, by the sums of their marks.
    package var sought: Set<String> = []

    package init(policy: FilterPolicy, redactor: Redactor, exclusions: Exclusions = Exclusions()) {
        self.policy = policy
        self.redactor = redactor
        self.exclusions = exclusions
    }
}

/// The agent's last words as a hook was told them, looked for in the transcript, which may receive them later.
package struct AwaitedAnswer: Sendable {
    private let words: String
    private let redactor: Redactor
    /// The transcript's end when the hook looked. A turn that began before ended before: the same words in it are other
    /// ones, "Done." being said again and again.
    package let end: Int64
    /// Bytes of text.
    package let length: Int

    /// - Parameter redactor: a note may hold the words as they are kept, and then the transcript's are compared as such.
    package init(_ words: String, end: Int64, redactor: Redactor) {
        self.words = Self.trimmed(redactor.cleaned(words))
        self.redactor = redactor
        length = words.utf8.count
        self.end = end
    }

    /// - Parameters:
    ///   - before: whether it was heard up to here.
    ///   - pieces: of the next message.
    ///   - position: where that begins.
    func isHeard(after before: Bool, _ pieces: [Message.Piece], at position: Int64) -> Bool {
        var isHeard = before
        for piece in pieces {
            if piece.startsTurn, position < end { isHeard = false }
            guard piece.role == .assistant else { continue }
            let said = Self.trimmed(redactor.cleaned(piece.text))
            // A reply of several blocks is known by its last.
            if words == said || said.utf8.count >= 16 && words.hasSuffix(said) { isHeard = true }
        }
        return isHeard
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { $0 > 32 }), let last = bytes.lastIndex(where: { $0 > 32 }) else {
            return ""
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
