/// By what a text is known again that nobody may keep, not even to look for it: its length, two bytes that most other texts of
/// that length differ in, and a salted sum. Who has the sum can only guess, and each guess takes a thousand sums.
package struct TextFingerprint: Sendable, Equatable {
    private let length: Int
    private let hint: UInt16
    private let salt: String
    private let sum: String

    package init(_ text: SoughtText) {
        length = text.plain.count
        hint = Self.hint(Self.rolled(text.plain[...]))
        salt = String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
        sum = Self.sum(text.plain[...], salt)
    }

    /// As it stands in a file.
    package var line: String { "\(length) \(hint) \(salt) \(sum)" }

    /// - Returns: nil for what is none.
    package init?(line: some StringProtocol) {
        let words = String(line).split(separator: " ").map(String.init)
        guard words.count == 4, let length = Int(words[0]), length >= SoughtText.minimum, let hint = UInt16(words[1])
        else { return nil }
        self.length = length
        self.hint = hint
        (salt, sum) = (words[2], words[3])
    }

    package func matches(_ text: SoughtText) -> Bool { text.plain.count == length && isIn(text.plain) }

    /// Whether the text stands in another, plainly or as a JSON string spells it.
    package func occurs(in text: String) -> Bool { SoughtText.readings(of: Array(text.utf8)).contains(where: isIn) }

    private func isIn(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= length else { return false }
        // What leaves the window counts this much by then.
        let weight = (1..<length).reduce(UInt64(1)) { weight, _ in weight &* Self.base }
        var rolled = Self.rolled(bytes[..<length])
        var refused: Set<[UInt8]> = []
        for end in length...bytes.count {
            if Self.hint(rolled) == hint {
                let window = bytes[end - length..<end]
                if refused.insert(Array(window)).inserted, Self.sum(window, salt) == sum { return true }
            }
            guard end < bytes.count else { break }
            rolled = (rolled &- UInt64(bytes[end - length]) &* weight) &* Self.base &+ UInt64(bytes[end])
        }
        return false
    }

    private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let rounds = 1000

    private static func rolled(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 &* base &+ UInt64($1) }
    }

    private static func hint(_ rolled: UInt64) -> UInt16 {
        UInt16(truncatingIfNeeded: ((rolled ^ rolled >> 31) &* 0xBF58_476D_1CE4_E5B9) >> 48)
    }

    private static func sum(_ bytes: ArraySlice<UInt8>, _ salt: String) -> String {
        var hash = SHA256()
        hash.update(salt)
        hash.update(bytes)
        var sum = hash.hexadecimal()
        for _ in 1..<rounds { sum = SHA256.hexadecimal(of: salt + sum) }
        return sum
    }
}
