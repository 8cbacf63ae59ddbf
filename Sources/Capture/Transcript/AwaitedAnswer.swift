internal import Domain

/// The agent's last words as a hook was told them, looked for in the transcript, which may receive them later.
struct AwaitedAnswer: Sendable {
    private let words: String
    /// The file's size when the hook looked, in bytes. A turn that began before ended before: the same words in it are
    /// other ones, "Done." being said again and again.
    private let size: Int64

    init(_ words: String, size: Int64) {
        self.words = Self.trimmed(words)
        self.size = size
    }

    /// - Parameters:
    ///   - before: whether it was heard up to here.
    ///   - pieces: of the next line.
    ///   - offset: where that begins, in bytes.
    func isHeard(after before: Bool, _ pieces: [MessageReader.Piece], at offset: Int64) -> Bool {
        var isHeard = before
        for piece in pieces {
            if piece.startsTurn, offset < size { isHeard = false }
            guard piece.role == .agent else { continue }
            let said = Self.trimmed(piece.text)
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
