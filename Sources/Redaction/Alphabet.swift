/// A set of bytes: what a token of some kind is written in.
struct Alphabet: Sendable {
    private let low: UInt64
    private let high: UInt64
    /// Bytes from 128 on, which no token but many a password holds.
    private let others: Bool
    /// Where runs of it are remembered in a `ScannedText`.
    let slot: Int

    private init(_ characters: String, slot: Int, inverted: Bool = false) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in characters.utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
        self.low = inverted ? ~low : low
        self.high = inverted ? ~high : high
        others = inverted
        self.slot = slot
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low &>> UInt64(byte) & 1 != 0 }
        if byte < 128 { return high &>> UInt64(byte &- 64) & 1 != 0 }
        return others
    }

    private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let letters = upper + "abcdefghijklmnopqrstuvwxyz"
    private static let digits = "0123456789"
    /// Everything up to the blank, and delete.
    private static let blanks = String(decoding: Array(0...32) + [127], as: UTF8.self)

    static let slots = 17
    static let upperDigits = Alphabet(upper + digits, slot: 0)
    static let hexadecimal = Alphabet(digits + "abcdefABCDEF", slot: 1)
    static let alphanumeric = Alphabet(letters + digits, slot: 2)
    static let base64 = Alphabet(letters + digits + "+/=", slot: 3)
    static let base64URL = Alphabet(letters + digits + "-_", slot: 4)
    static let dotted = Alphabet(letters + digits + "-_.", slot: 5)
    static let path = Alphabet(letters + digits + "-_./", slot: 6)
    /// What RFC 7235 allows a credential to be written in.
    static let credential = Alphabet(letters + digits + "-._~+/=", slot: 7)
    /// What ends where an unquoted value surely does.
    static let unquoted = Alphabet(blanks + "\"'`<>", slot: 8, inverted: true)
    static let doubleQuoted = Alphabet("\"\n\r", slot: 9, inverted: true)
    static let singleQuoted = Alphabet("'\n\r", slot: 10, inverted: true)
    static let backQuoted = Alphabet("`\n\r", slot: 11, inverted: true)
    static let word = Alphabet(letters + digits + "_", slot: 12)
    /// What a URL goes on with behind its host.
    static let url = Alphabet(letters + digits + "-_./@:%?=&+~", slot: 13)
    /// Base64 as it stands in a URL or a cookie.
    static let encoded = Alphabet(letters + digits + "-_.+/=%", slot: 15)
    static let percented = Alphabet(letters + digits + "%", slot: 16)
    static let line = Alphabet("\n\r", slot: 14, inverted: true)
}

/// Names for the bytes scanners look for.
extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let blank = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let backtick = UInt8(ascii: "`")
    static let backslash = UInt8(ascii: "\\")
    static let dash = UInt8(ascii: "-")
    static let underscore = UInt8(ascii: "_")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let equals = UInt8(ascii: "=")
    static let at = UInt8(ascii: "@")
    static let slash = UInt8(ascii: "/")
    static let dollar = UInt8(ascii: "$")

    var isBlank: Bool { self == .blank || self == .tab }
    var isLineEnd: Bool { self == .newline || self == 13 }
    var isSpace: Bool { isBlank || isLineEnd }
    var isQuote: Bool { self == .quote || self == .apostrophe || self == .backtick }
    var isDigit: Bool { self &- 48 < 10 }
    var isUpper: Bool { self &- 65 < 26 }
    var isLower: Bool { self &- 97 < 26 }
    var isLetter: Bool { lowered &- 97 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    /// In lower case, where it is a letter.
    var lowered: UInt8 { isUpper ? self | 0x20 : self }
}
