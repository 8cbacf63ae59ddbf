/// Words that tell a reason: pieces of lower-case text that follow each other closely, written `model*does not exist`.
/// A leading `^` ties the first piece to the beginning of the message.
struct Phrase: Sendable {
    private let pieces: [[UInt8]]
    private let isAtStart: Bool

    /// As much as a long name in backticks takes.
    private static let widestGap = 140

    init(_ pattern: String) {
        isAtStart = pattern.utf8.first == UInt8(ascii: "^")
        pieces = pattern.utf8.drop { $0 == UInt8(ascii: "^") }.split(separator: UInt8(ascii: "*")).map { Array($0) }
    }

    func matches(_ text: [UInt8]) -> Bool {
        guard let first = pieces.first else { return false }
        if isAtStart { return text.starts(with: first) && follow(text, from: first.count) }
        var start = 0
        while let found = text.firstIndex(of: first, from: start, before: text.count) {
            if follow(text, from: found + first.count) { return true }
            start = found + 1
        }
        return false
    }

    private func follow(_ text: [UInt8], from start: Int) -> Bool {
        var start = start
        for piece in pieces.dropFirst() {
            guard let found = text.firstIndex(of: piece, from: start, before: start + Self.widestGap + piece.count)
            else { return false }
            start = found + piece.count
        }
        return true
    }

    /// Text as phrases are written: in lower case, with single blanks and plain quotes. Cut to 4 KB from its beginning
    /// and 1 KB from its end, since messages are short and what is longer quotes something.
    static func normal(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8.prefix(4096))
        if text.utf8.count > 4096 { bytes += Array(text.utf8.dropFirst(4096).suffix(1024)) }
        var normal: [UInt8] = []
        normal.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80, 0x98...0x9D ~= bytes[index + 2] {
                // Curly quotes: AWS writes "isn’t".
                normal.append(.apostrophe)
                index += 3
                continue
            }
            if byte.isSpace {
                if normal.last != .blank { normal.append(.blank) }
            } else {
                normal.append(byte == UInt8(ascii: "`") || byte == .quote ? .apostrophe : byte.lowered)
            }
            index += 1
        }
        return normal
    }
}
