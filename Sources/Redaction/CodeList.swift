/// The lines below `Recovery codes:`.
struct CodeList {
    private var linesLeft = 40
    /// Lines of explanation that may come before the first code.
    private var wordsLeft = 3
    private var hasCodes = false

    /// Judges the rest of the heading, or the next line.
    /// - Returns: nil for the line behind the list.
    mutating func take(_ text: inout ScannedText, _ line: TextLine) -> [Finding]? {
        linesLeft -= 1
        guard linesLeft > 0 else { return nil }
        if line.isBlank { return [] }
        var found: [Finding] = []
        var at = line.content.lowerBound
        let end = min(line.content.upperBound, at + 512)
        while at < end {
            guard text[at].isAlphanumeric else {
                at += 1
                continue
            }
            var close = Self.endOfWord(text, at)
            // `1234 5678`
            if close - at == 4, text[close] == .blank, (at..<close).allSatisfy({ text[$0].isDigit }) {
                let second = Self.endOfWord(text, close + 1)
                if second - close == 5, ((close + 1)..<second).allSatisfy({ text[$0].isDigit }) { close = second }
            }
            if Self.isCode(text, at..<close) { found.append(Finding(kind: "recovery-code", range: at..<close)) }
            at = max(close, at + 1)
        }
        if found.isEmpty {
            wordsLeft -= 1
            return hasCodes || wordsLeft < 0 ? nil : []
        }
        hasCodes = true
        return found
    }

    static func endOfWord(_ text: ScannedText, _ start: Int) -> Int {
        var at = start
        while at - start < 64, Alphabet.base64URL.contains(text[at]) { at += 1 }
        return at
    }

    /// Digits and letters, maybe in groups of one length.
    static func isCode(_ text: ScannedText, _ word: Range<Int>) -> Bool {
        var digits = 0
        var letters = 0
        var groups: [Int] = [0]
        for index in word {
            switch text[index] {
            case .dash, .blank: groups.append(0)
            case .underscore: return false
            default:
                if text[index].isDigit { digits += 1 } else { letters += 1 }
                groups[groups.count - 1] += 1
            }
        }
        guard !Placeholders.isPlaceholder(text, word), let first = groups.first else { return false }
        if groups.count > 1 {
            // Of words joined by dashes the groups differ, and hold no digits.
            return groups.count <= 8 && 3...8 ~= first && groups.allSatisfy { $0 == first }
                && (digits > 0 && digits + letters >= 6 || digits + letters >= 10 && Randomness.isRandom(text, word))
        }
        if letters == 0 { return 8...12 ~= digits }
        return 8...24 ~= word.count && (digits > 1 || word.count >= 10 && Randomness.isRandom(text, word, atLeast: 10))
    }
}
