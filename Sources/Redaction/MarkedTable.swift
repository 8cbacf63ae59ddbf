/// Cells of HTML side by side: `<td>Password</td><td>value</td>`; a key of a property list and its value.
enum MarkedTable {
    private static let longestTag = 80
    private static let longestName = 40

    /// - Parameter bracket: the `>` behind which the value would begin.
    static func pair(_ text: inout ScannedText, at bracket: Int) -> Finding? {
        guard let opening = tag(text, endingAt: bracket, named: ["td", "dd", "string", "value"]) else { return nil }
        var before = opening
        while before > 0, opening - before < longestTag, text[before - 1].isSpace { before -= 1 }
        guard text[before - 1] == UInt8(ascii: ">"),
            let closing = tag(text, endingAt: before - 1, named: ["/td", "/th", "/dt", "/key", "/name"])
        else { return nil }
        var start = closing
        while start > 0, closing - start < longestName,
            Alphabet.dotted.contains(text[start - 1]) || text[start - 1].isBlank
        {
            start -= 1
        }
        let words = SecretName.Words(text, start..<closing)
        guard let name = SecretName(words), name.isSecret else { return nil }
        var end = bracket + 1
        while end - bracket < 512, end < text.count, text[end] != UInt8(ascii: "<"), !text[end].isSpace { end += 1 }
        guard end > bracket + 1, text[end] == UInt8(ascii: "<") else { return nil }
        return NamedSecrets.judge(&text, AssignedValue(alone: (bracket + 1)..<end), name, words)
    }

    /// Where the tag begins that ends here, if it is one of these.
    private static func tag(_ text: ScannedText, endingAt bracket: Int, named names: [StaticString]) -> Int? {
        var start = bracket - 1
        while start >= 0, bracket - start < longestTag, text[start] != UInt8(ascii: "<") {
            if text[start] == UInt8(ascii: ">") { return nil }
            start -= 1
        }
        guard text[start] == UInt8(ascii: "<") else { return nil }
        let isNamed = names.contains { name in
            let end = start + 1 + name.utf8CodeUnitCount
            return text.startsIgnoringCase(with: name, at: start + 1) && (end == bracket || text[end].isSpace)
        }
        return isNamed ? start : nil
    }
}
