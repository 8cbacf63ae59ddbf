/// The lines below `password: |`, as YAML writes a text of several lines or a long one.
struct BlockScalar {
    private let name: SecretName
    private let words: SecretName.Words
    private let indent: Int
    private var linesLeft = 64

    /// - Parameter separator: the colon behind a name.
    init?(_ text: inout ScannedText, after separator: Int, _ name: SecretName, _ words: SecretName.Words) {
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
        guard text[rest].isLineEnd || rest > at && text[rest] == UInt8(ascii: "#"),
            let line = TextLine(&text, around: separator)
        else { return nil }
        (self.name, self.words, indent) = (name, words, line.indent)
    }

    /// Judges the next line.
    /// - Returns: nil for the line as the end of the block.
    mutating func take(_ text: inout ScannedText, _ line: TextLine) -> [Finding]? {
        linesLeft -= 1
        guard linesLeft > 0, line.isBlank || line.indent > indent else { return nil }
        let isOneWord = !line.content.prefix(4096).contains { text[$0].isBlank }
        guard !line.isBlank, isOneWord else { return [] }
        return NamedSecrets.judge(&text, AssignedValue(alone: line.content), name, words).map { [$0] } ?? []
    }
}
