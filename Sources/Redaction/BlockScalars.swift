/// The lines below `password: |`, as YAML writes a text of several lines or a long one; the line below `password:`, below
/// `password = <<END` and below an opening `"""`.
struct BlockScalar {
    private let name: SecretName
    private let words: SecretName.Words
    private let indent: Int
    private var linesLeft = 64

    /// - Parameter separator: the colon behind a name.
    init?(_ text: inout ScannedText, after separator: Int, _ name: SecretName, _ words: SecretName.Words) {
        guard let line = TextLine(&text, around: separator) else { return nil }
        if Self.opensBelow(text, after: separator) {
            let isBelow = text[separator] == .colon && text[text.skippingBlanks(separator + 1)].isLineEnd
            (self.name, self.words, indent, linesLeft) = (name, words, isBelow ? line.indent : -1, 2)
            return
        }
        guard text[separator] == .colon else { return nil }
        var at = text.skippingBlanks(separator + 1)
        // A tag or an anchor: `!!str |`, `&db |`.
        for _ in 0..<2 where text[at] == UInt8(ascii: "!") || text[at] == UInt8(ascii: "&") {
            at = text.skippingBlanks(text.end(of: .unquoted, from: at))
        }
        guard text[at] == UInt8(ascii: "|") || text[at] == UInt8(ascii: ">") else { return nil }
        let indicator = at
        at += 1
        while at - indicator < 3, text[at] == UInt8(ascii: "+") || text[at] == .dash || text[at].isDigit { at += 1 }
        let rest = text.skippingBlanks(at)
        // A comment may stand behind it.
        guard text[rest].isLineEnd || rest > at && text[rest] == UInt8(ascii: "#") else { return nil }
        (self.name, self.words, indent) = (name, words, line.indent)
    }

    /// Judges the next line.
    /// - Returns: nil for the line as the end of the block.
    mutating func take(_ text: inout ScannedText, _ line: TextLine) -> [Finding]? {
        linesLeft -= 1
        let isItem = text[line.content.lowerBound] == .dash && line.indent == indent
        guard linesLeft > 0, line.isBlank || line.indent > indent || isItem else { return nil }
        let isOneWord = !line.content.prefix(4096).contains { text[$0].isBlank }
        guard !line.isBlank, isOneWord else {
            // `- value` of a list.
            let item = line.content.lowerBound
            guard text[item] == .dash, text[item + 1] == .blank,
                let value = AssignedValue(&text, after: item + 2, site: .init(name: item..<item))
            else { return [] }
            return value.range.upperBound < line.content.upperBound - 1
                ? [] : NamedSecrets.judge(&text, value, name, words).map { [$0] } ?? []
        }
        let value = AssignedValue(alone: Self.unquoted(text, line.content))
        return NamedSecrets.judge(&text, value, name, words).map { [$0] } ?? []
    }

    private static func unquoted(_ text: ScannedText, _ word: Range<Int>) -> Range<Int> {
        guard word.count > 2, text[word.lowerBound].isQuote, text[word.upperBound - 1] == text[word.lowerBound] else {
            return word
        }
        return (word.lowerBound + 1)..<(word.upperBound - 1)
    }

    /// Whether nothing stands behind the name, or what opens a text of several lines.
    private static func opensBelow(_ text: ScannedText, after separator: Int) -> Bool {
        let start = text.skippingBlanks(separator + 1)
        if text[separator] == .colon, text[start].isLineEnd { return true }
        guard text[separator] == .colon || text[separator] == .equals else { return false }
        if text[start].isQuote, text[start + 1] == text[start], text[start + 2] == text[start] {
            return text[start + 3].isLineEnd
        }
        guard text[start] == UInt8(ascii: "<"), text[start + 1] == text[start] else { return false }
        var at = start + 2
        while at - start < 40, Alphabet.word.contains(text[at]) || "-~'\"".utf8.contains(text[at]) { at += 1 }
        return at > start + 2 && text[at].isLineEnd
    }
}
