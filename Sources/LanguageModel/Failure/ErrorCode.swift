/// The spelling of error codes. `RESOURCE_EXHAUSTED`, `ResourceExhausted` and `resource-exhausted` are one code.
enum ErrorCode {
    /// In lower case, letters and digits alone, without what stands before the last `#`, `.`, `/` or `:`
    /// (`com.amazonaws#ThrottlingException`, `litellm.RateLimitError`).
    static func normal(_ text: String) -> String {
        var name: [UInt8] = []
        for byte in text.utf8.prefix(160) {
            if byte.isAlphanumeric {
                name.append(byte.lowered)
            } else if [UInt8(ascii: "#"), .dot, UInt8(ascii: "/")].contains(byte) {
                name.removeAll(keepingCapacity: true)
            } else if byte == .colon {
                break
            }
        }
        return String(bytes: name)
    }

    /// Whether a word is written as code is, and not as a word of a sentence.
    static func looksLikeOne(_ text: String) -> Bool { looksLikeOne(Array(text.utf8.prefix(120))[...]) }

    private static func looksLikeOne(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 5, word.count < 100, word.allSatisfy({ $0.isAlphanumeric || $0 == .underscore }),
            word.contains(where: \.isLetter)
        else { return false }
        let isShouted = word.allSatisfy { !$0.isLetter || $0.isUpper }
        let hasInnerCapital = word.dropFirst().contains(where: \.isUpper)
        return word.contains(.underscore) || isShouted || hasInnerCapital
    }

    /// The words of running text that look like codes, in normal spelling.
    static func named(in text: ArraySlice<UInt8>) -> [String] {
        text.split { !($0.isAlphanumeric || $0 == .underscore) }.lazy
            .filter { looksLikeOne($0) }.prefix(200).map { normal(String(bytes: $0)) }
    }
}
