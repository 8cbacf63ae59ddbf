/// The words that a wallet is restored from: 12, 15, 18, 21 or 24 of them, in a line, a list, or numbered.
enum SeedPhrases {
    private static let counts: Set<Int> = [12, 15, 18, 21, 24]
    private static let mostWords = 25
    /// What may stand between two: blanks, a line break, a number, quotes and a comma.
    private static let longestGap = 12

    /// - Parameter start: where a line begins, or the value behind a name.
    static func find(_ text: inout ScannedText, from start: Int) -> Finding? {
        var at = start
        while at - start < longestGap, isFiller(text[at]) { at += 1 }
        let first = at
        var end = at
        var words: [Range<Int>] = []
        while words.count < mostWords {
            var close = at
            while close - at <= 8, text[close].isLower { close += 1 }
            let word = at..<close
            guard SeedWords.lengths.contains(word.count), !text[close].isAlphanumeric, SeedWords.contains(text, word)
            else { break }
            words.append(word)
            end = close
            at = close
            while at - close < longestGap, isFiller(text[at]) { at += 1 }
            if at == close { break }
        }
        guard counts.contains(words.count), isDrawn(text, words) else { return nil }
        return Finding(kind: "seed-phrase", range: first..<end)
    }

    private static func isFiller(_ byte: UInt8) -> Bool {
        switch byte {
        // The arrow behind a line's number, `→`.
        case 0xe2, 0x86, 0x92: true
        case .dot, UInt8(ascii: ")"), UInt8(ascii: ","), .dash, UInt8(ascii: "|"), .colon, UInt8(ascii: "["): true
        default: byte.isSpace || byte.isDigit || byte.isQuote
        }
    }

    /// Neither one word over and over nor words by the alphabet, as lists of them are.
    private static func isDrawn(_ text: ScannedText, _ words: [Range<Int>]) -> Bool {
        let spelled = words.map { word in word.map { text[$0] } }
        let isSorted = zip(spelled, spelled.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
        return !isSorted && Set(spelled).count * 4 >= spelled.count * 3
    }
}
