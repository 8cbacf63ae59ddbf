internal import Glibc

/// Tells a value a machine drew from a word, a name, a path or a number that people write.
///
/// Entropy alone does not: a camel-case name of twenty letters has as much per letter as a key. A drawn value also
/// changes between upper case, lower case and digits at every other letter, where names do so at every sixth, or has
/// letters next to each other that hardly meet in words.
enum Randomness {
    /// As much as is looked at: enough to judge, and few enough for a value that is judged at many places.
    private static let sample = 128

    /// What a value consists of.
    struct Profile {
        var length = 0
        var lower = 0
        var upper = 0
        var digits = 0
        var others = 0
        var distinct = 0
        /// Neighbours that are both letters or digits, and those of them that differ in class.
        var pairs = 0
        var switches = 0
        /// Neighbours that are letters, and those of them that hardly meet in words.
        var letterPairs = 0
        var oddPairs = 0
        /// Bits per byte.
        var entropy = 0.0

        var letters: Int { lower + upper }
        var switchRate: Double { pairs == 0 ? 0 : Double(switches) / Double(pairs) }
        var oddRate: Double { letterPairs == 0 ? 0 : Double(oddPairs) / Double(letterPairs) }
    }

    /// - Parameter minimum: shorter values are left alone.
    static func isRandom(_ text: ScannedText, _ range: Range<Int>, atLeast minimum: Int = 12) -> Bool {
        guard range.count >= minimum else { return false }
        let profile = profile(text, range)
        let ceiling = Entropy.bits(ofUniform: min(profile.length, 40))
        guard profile.entropy >= 0.62 * ceiling, profile.distinct >= 6 else { return false }
        if profile.digits == 0 {
            guard profile.letterPairs >= 7, profile.others * 4 < profile.length else { return false }
            return profile.oddRate >= (profile.length < 16 ? 0.22 : 0.18)
        }
        // Dates, versions, addresses.
        guard profile.letters * 6 >= profile.length else { return false }
        return profile.switchRate >= 0.24 || profile.letterPairs >= 4 && profile.oddRate >= 0.28
    }

    /// Whether there are five different bytes in it: fewer are a mask, or the prefix over and over.
    static func isVaried(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        var seen: (UInt64, UInt64) = (0, 0)
        for index in range.prefix(sample) {
            let bit: UInt64 = 1 &<< UInt64(text[index] & 63)
            if text[index] & 64 == 0 { seen.0 |= bit } else { seen.1 |= bit }
            if seen.0.nonzeroBitCount + seen.1.nonzeroBitCount >= 5 { return true }
        }
        return false
    }

    /// Whether it could be a password somebody chose: letters with digits or signs, as no word or name has them.
    static func isChosen(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        guard range.count >= 8, range.count <= 64 else { return false }
        let profile = profile(text, range)
        guard profile.distinct >= 5, profile.letters >= 2 else { return false }
        var signs = 0
        for index in range where isSign(text[index]) { signs += 1 }
        // `build-2`, `user_1`, `v1.2.3`: only joined words and numbers.
        return profile.digits > 0 && (signs > 0 || profile.others == 0)
            || signs > 0 && profile.upper > 0 && profile.lower > 0
    }

    static func isDrawnOrChosen(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        isRandom(text, range, atLeast: 8) || isChosen(text, range)
    }

    /// Whether a digit stands for a letter within a word, beside capitals: `Corr3ct-horse`.
    static func isSpelledWithDigits(_ text: ScannedText, _ range: Range<Int>) -> Bool {
        guard 8...64 ~= range.count else { return false }
        let profile = profile(text, range)
        return profile.upper > 0 && profile.lower > 0
            && range.dropFirst().dropLast().contains {
                text[$0].isDigit && text[$0 - 1].isLetter && text[$0 + 1].isLetter
            }
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), .dollar, UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: "?"), .at, UInt8(ascii: "^"), UInt8(ascii: "~"), .equals, UInt8(ascii: "|"):
            true
        default: byte >= 128
        }
    }

    static func profile(_ text: ScannedText, _ range: Range<Int>) -> Profile {
        var profile = Profile()
        var entropy = Entropy()
        var previous = Class.other
        for index in range.prefix(sample) {
            let byte = text[index]
            entropy.add(byte)
            let kind = Class(byte)
            switch kind {
            case .lower: profile.lower += 1
            case .upper: profile.upper += 1
            case .digit: profile.digits += 1
            case .other: profile.others += 1
            }
            if kind != .other, previous != .other {
                profile.pairs += 1
                // `Capital` is how words begin.
                if kind != previous, !(previous == .upper && kind == .lower) { profile.switches += 1 }
            }
            if byte.isLetter, text[index - 1].isLetter, index > range.lowerBound {
                profile.letterPairs += 1
                if !LetterPairs.areCommon(text[index - 1].lowered, byte.lowered) { profile.oddPairs += 1 }
            }
            previous = kind
        }
        profile.length = min(range.count, sample)
        profile.entropy = entropy.bits
        profile.distinct = entropy.distinct
        return profile
    }

    enum Class {
        case lower, upper, digit, other

        init(_ byte: UInt8) {
            self = byte.isLower ? .lower : byte.isUpper ? .upper : byte.isDigit ? .digit : .other
        }
    }
}

/// Shannon's entropy of some bytes.
struct Entropy {
    private var counts = [UInt16](repeating: 0, count: 256)
    private var total = 0
    private(set) var distinct = 0

    mutating func add(_ byte: UInt8) {
        if counts[Int(byte)] == 0 { distinct += 1 }
        counts[Int(byte)] += 1
        total += 1
    }

    /// Bits per byte.
    var bits: Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for count in counts where count > 0 { sum += Double(count) * log2(Double(count)) }
        return log2(Double(total)) - sum / Double(total)
    }

    /// The most that so many different bytes can have.
    static func bits(ofUniform count: Int) -> Double { log2(Double(max(count, 1))) }
}

/// Which letters follow which in the words and names people write.
///
/// These pairs make up 97.5 % of those in English prose, C headers and Python modules, and half of those a machine draws:
/// eight letters are enough to tell the two apart.
enum LetterPairs {
    /// A bit per follower, by the letter before it.
    private static let common: [UInt32] = [
        "bcdefgiklmnprstuvwxy",
        "abcdefijlorsuy",
        "abcdefhiklmoprstuy",
        "abcdefilmoprstu",
        "abcdefghilmnopqrstuvwxy",
        "acdefilnorstuy",
        "aceghilmnorsuy",
        "aeimorstu",
        "abcdefglmnoprstvxz",
        "es",
        "aceinpst",
        "abcdefilnopstuvy",
        "abcdeilmopstu",
        "acdefgiklmnoprstuvy",
        "abcdefgijklmnoprstuvw",
        "acdefhiloprstuy",
        "u",
        "abcdefgiklmnoprstuvwy",
        "acdefghiklmnoprstuwy",
        "abcdefghilmnoprstuwy",
        "abcdefgilmnprst",
        "aeio",
        "aehinors",
        "ceiptx",
        "ceimnpst",
        "ae",
    ].map { followers in followers.utf8.reduce(0) { $0 | 1 << UInt32($1 - 97) } }

    /// - Parameters: letters in lower case.
    static func areCommon(_ first: UInt8, _ second: UInt8) -> Bool {
        common[Int(first - 97)] >> UInt32(second - 97) & 1 != 0
    }
}
