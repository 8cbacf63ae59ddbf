/// Reads a string in double or single quotes, with the escapes of JSON, Python and JavaScript.
enum QuotedText {
    /// - Parameter start: at the opening quote.
    /// - Returns: the text, and where it ends: behind the closing quote, or at the end of a text cut off.
    static func read(_ bytes: [UInt8], at start: Int) -> (text: String, end: Int) {
        let closing = bytes[start]
        var text: [UInt8] = []
        var index = start + 1
        while index < bytes.count, bytes[index] != closing {
            if bytes[index] == .backslash, index + 1 < bytes.count {
                index = unescape(bytes, at: index + 1, into: &text)
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return (String(bytes: text), min(index + 1, bytes.count))
    }

    /// - Parameter index: behind the backslash.
    private static func unescape(_ bytes: [UInt8], at index: Int, into text: inout [UInt8]) -> Int {
        switch bytes[index] {
        case UInt8(ascii: "n"), UInt8(ascii: "r"): text.append(.newline)
        case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"): text.append(.blank)
        case UInt8(ascii: "u"):
            guard let first = hexadecimal(bytes, at: index + 1, digits: 4) else { break }
            if let second = hexadecimal(bytes, at: index + 7, digits: 4), bytes[index + 5] == .backslash,
                0xD800..<0xDC00 ~= first, 0xDC00..<0xE000 ~= second
            {
                append(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), to: &text)
                return index + 11
            }
            append(first, to: &text)
            return index + 5
        case UInt8(ascii: "x"):
            guard let code = hexadecimal(bytes, at: index + 1, digits: 2) else { break }
            append(code, to: &text)
            return index + 3
        default: text.append(bytes[index])
        }
        return index + 1
    }

    private static func append(_ code: UInt32, to text: inout [UInt8]) {
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        text += Array(String(Character(scalar)).utf8)
    }

    private static func hexadecimal(_ bytes: [UInt8], at start: Int, digits: Int) -> UInt32? {
        guard start + digits <= bytes.count else { return nil }
        var code: UInt32 = 0
        for byte in bytes[start..<start + digits] {
            switch byte.lowered {
            case 48...57: code = code << 4 | UInt32(byte - 48)
            case 97...102: code = code << 4 | UInt32(byte.lowered - 87)
            default: return nil
            }
        }
        return code
    }
}

/// Reads what Go prints of a map: `map[code:model_not_found message:The model does not exist type:<nil>]`.
///
/// The print does not quote, so a value ends where the next key of an error begins.
enum GoMap {
    private static let keys = ["code:", "message:", "param:", "type:", "status:", "reason:", "error:", "details:"]
        .map { Array($0.utf8) }
    private static let opening = Array("map[".utf8)

    static func fields(_ text: [UInt8]) -> [(key: String, value: String)] {
        guard let start = text.firstIndex(of: opening, from: 0, before: text.count) else { return [] }
        var found: [(key: Range<Int>, value: Int)] = []
        var index = start + opening.count
        while index < text.count, found.count < 32 {
            if text[index - 1] == .blank || text[index - 1] == .bracketOpen,
                let key = keys.first(where: { text[index...].starts(with: $0) })
            {
                found.append((index..<index + key.count - 1, index + key.count))
                index += key.count
            } else {
                index += 1
            }
        }
        return found.indices.map { place in
            let end = place + 1 < found.count ? found[place + 1].key.lowerBound - 1 : text.count
            var value = text[found[place].value..<max(found[place].value, end)]
            while value.last == .bracketClose || value.last?.isSpace == true { value.removeLast() }
            return (String(bytes: text[found[place].key]), String(bytes: value))
        }
    }
}

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
