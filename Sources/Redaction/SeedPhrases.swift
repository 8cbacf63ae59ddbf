/// The words that a wallet is restored from: twelve and more of them, in a sentence, a line, a list, or numbered.
///
/// It looks at the whole text before the pass: they may begin anywhere. A look each few bytes is enough, as twelve words
/// take more room than that.
enum SeedPhrases {
    private static let fewestWords = 12
    private static let mostJudged = 24
    /// Less than half of what twelve words of three letters take.
    private static let stride = 22
    /// What may stand between two: blanks, a line break, a number, quotes and a comma.
    private static let longestGap = 12

    /// In order.
    static func find(_ text: ScannedText) -> [Finding] {
        var findings: [Finding] = []
        // Before it, all has been looked at.
        var known = 0
        var at = 0
        while at < text.count {
            text.steps.add()
            guard let seen = word(text, around: at, notBefore: known) else {
                at += stride
                continue
            }
            var words = wordsBefore(seen, text, notBefore: known)
            words.append(seen)
            while let next = word(text, behind: words[words.count - 1].upperBound) { words.append(next) }
            known = words[words.count - 1].upperBound
            if words.count >= fewestWords, isDrawn(text, words.prefix(mostJudged)) {
                findings.append(Finding(kind: "seed-phrase", range: words[0].lowerBound..<known))
            }
            at = max(known, at + stride)
        }
        return findings
    }

    private static func wordsBefore(
        _ first: Range<Int>, _ text: ScannedText, notBefore limit: Int
    ) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start = first.lowerBound
        while true {
            var end = start
            while end > limit, start - end < longestGap, isFiller(text[end - 1]) { end -= 1 }
            guard end < start, let before = word(text, around: end - 1, notBefore: limit) else {
                return words.reversed()
            }
            words.append(before)
            start = before.lowerBound
        }
    }

    private static func word(_ text: ScannedText, behind end: Int) -> Range<Int>? {
        var at = end
        while at - end < longestGap, at < text.count, isFiller(text[at]) { at += 1 }
        return at > end ? word(text, around: at, notBefore: at) : nil
    }

    /// The word that a place is in, if it is one of theirs.
    private static func word(_ text: ScannedText, around place: Int, notBefore limit: Int) -> Range<Int>? {
        var start = place
        while start < text.count, start - place < longestGap, isFiller(text[start]) { start += 1 }
        var end = start
        while end - start <= SeedWords.lengths.upperBound, text[end].isLetter { end += 1 }
        while start > limit, end - start <= SeedWords.lengths.upperBound, text[start - 1].isLetter { start -= 1 }
        let word = start..<end
        guard SeedWords.lengths.contains(word.count), !text[end].isAlphanumeric, text[end] != .underscore,
            !text[start - 1].isAlphanumeric, text[start - 1] != .underscore, SeedWords.contains(text, word)
        else { return nil }
        return word
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
    private static func isDrawn(_ text: ScannedText, _ words: ArraySlice<Range<Int>>) -> Bool {
        let spelled = words.map { word in word.map { text[$0].lowered } }
        let ascents = zip(spelled, spelled.dropFirst()).count { $0.lexicographicallyPrecedes($1) }
        return ascents * 10 < (spelled.count - 1) * 9 && Set(spelled).count * 4 >= spelled.count * 3
    }
}
