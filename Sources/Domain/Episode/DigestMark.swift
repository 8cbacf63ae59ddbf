/// Ends a digest that waits for a summary, or stands for want of one: how long the text is that it was made of, and which.
///
///     The first words of a long text…
///     [digest of 52310 bytes, 9f86d081884c7d659a2feaa0c55ad015]
///
/// It is part of what was captured, and stays so; a summary lies beside it and is shown in its place.
package struct DigestMark: Sendable, Hashable {
    /// Of the whole text, redacted, in UTF-8.
    package let bytes: Int
    /// The first 16 bytes of the text's SHA-256 in hexadecimal digits: the same text is not summarised twice.
    package let sum: String

    private static let begin = "\n[digest of ", middle = " bytes, ", end = "]"
    private static let sumDigits = 32

    package init(of text: String) {
        bytes = text.utf8.count
        sum = String(SHA256.hexadecimal(of: text).prefix(Self.sumDigits))
    }

    package init(bytes: Int, sum: String) {
        self.bytes = bytes
        self.sum = sum
    }

    /// Finds the mark that ends a text.
    package init?(ending text: String) {
        guard let found = Self.parts(of: text) else { return nil }
        self = found.mark
    }

    /// With the line break before it.
    package var text: String { "\(Self.begin)\(bytes)\(Self.middle)\(sum)\(Self.end)" }

    /// A digest without its mark; any other text as it is.
    package static func withoutMark(_ text: String) -> String { parts(of: text).map { String($0.digest) } ?? text }

    /// A digest with its mark as people and models read it: what the text is named by is of no use to them.
    package static func readable(_ text: String) -> String {
        parts(of: text).map { "\($0.digest)\(begin)\($0.mark.bytes) bytes\(end)" } ?? text
    }

    /// What people and models read in the place of a digest whose text was summed up.
    package func shown(_ summary: String) -> String { "[summary of \(bytes) bytes] \(summary)" }

    private static func parts(of text: String) -> (digest: Substring, mark: DigestMark)? {
        let bytes = text.utf8
        guard bytes.last == UInt8(ascii: "]"), bytes.count > sumDigits, let line = bytes.lastIndex(of: 10) else {
            return nil
        }
        var rest = text[line...]
        guard rest.utf8.count < 128, rest.hasPrefix(begin) else { return nil }
        rest = rest.dropFirst(begin.count)
        let count = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(count.count)
        guard let length = Int(count), rest.hasPrefix(middle) else { return nil }
        let sum = rest.dropFirst(middle.count).dropLast()
        guard sum.utf8.count == sumDigits, sum.utf8.allSatisfy(isDigit) else { return nil }
        return (text[..<line], DigestMark(bytes: length, sum: String(sum)))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension EpisodeEntry {
    /// As people and models read it.
    /// - Parameter summaries: by the sum of the text that each is of.
    package func told(by summaries: [String: String]) -> EpisodeEntry {
        guard let mark = DigestMark(ending: text) else { return self }
        var told = self
        guard let summary = summaries[mark.sum] else {
            told.text = DigestMark.readable(text)
            return told
        }
        let isWork = role == .call || role == .failure
        // What was called stays named, by which it is known as the same.
        told.text = (isWork ? DigestMark.withoutMark(text) + "\n" : "") + mark.shown(summary)
        return told
    }
}
