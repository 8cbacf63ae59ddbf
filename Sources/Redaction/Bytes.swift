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
