/// A line of a text, without the number a tool may have written before it (`    12→`).
struct TextLine {
    /// Behind the number, up to the line's end.
    var range: Range<Int>
    /// Without blanks on both sides.
    var content: Range<Int>

    /// How far it is indented.
    var indent: Int { content.lowerBound - range.lowerBound }
    var isBlank: Bool { content.isEmpty }

    private static let furthestStart = 512

    init(_ text: inout ScannedText, from start: Int) {
        let end = text.end(of: .line, from: start)
        var first = start
        var at = text.skippingBlanks(start, limit: 16)
        let number = at
        while text[at].isDigit, at - number < 7 { at += 1 }
        if at > number {
            if text[at] == .tab { first = at + 1 }
            if text.starts(with: Array("→".utf8), at: at) { first = at + 3 }
        }
        first = min(first, end)
        range = first..<end
        let inner = min(text.skippingBlanks(first, limit: 256), end)
        content = inner..<max(inner, text.skippingBlanksBack(end))
    }

    /// A part of a line.
    init(alone range: Range<Int>) { (self.range, content) = (range, range) }

    /// The line in which a place is; nil where it begins too far before.
    init?(_ text: inout ScannedText, around place: Int) {
        var start = place
        while start > 0, !text[start - 1].isLineEnd {
            guard place - start < Self.furthestStart else { return nil }
            start -= 1
        }
        self.init(&text, from: start)
    }
}
