/// Names for the bytes the readers of error texts look for.
extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let blank = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let backslash = UInt8(ascii: "\\")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let dot = UInt8(ascii: ".")
    static let plus = UInt8(ascii: "+")
    static let underscore = UInt8(ascii: "_")
    static let braceOpen = UInt8(ascii: "{")
    static let braceClose = UInt8(ascii: "}")
    static let bracketOpen = UInt8(ascii: "[")
    static let bracketClose = UInt8(ascii: "]")

    var isSpace: Bool { self == 32 || self &- 9 < 5 }
    var isQuote: Bool { self == .quote || self == .apostrophe }
    var isDigit: Bool { self &- 48 < 10 }
    var isUpper: Bool { self &- 65 < 26 }
    var isLetter: Bool { lowered &- 97 < 26 }
    var isAlphanumeric: Bool { isDigit || isLetter }
    /// In lower case, where it is a letter.
    var lowered: UInt8 { isUpper ? self | 0x20 : self }
}

extension Collection<UInt8> where Index == Int {
    /// Where the needle begins, at or behind `start`.
    func firstIndex(of needle: some Collection<UInt8>, from start: Int, before end: Int) -> Int? {
        guard let first = needle.first else { return start }
        let last = Swift.min(end, endIndex) - needle.count
        var index = start
        while index <= last {
            if self[index] == first, self[index...].starts(with: needle) { return index }
            index += 1
        }
        return nil
    }
}

extension String {
    init(bytes: some Collection<UInt8>) { self.init(decoding: bytes, as: UTF8.self) }
}
