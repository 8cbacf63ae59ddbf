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
