/// Reads base64 as far as needed to see what is in it.
enum Base64 {
    /// - Returns: at most the first 384 bytes; nil when this is none.
    static func decoded(_ text: ScannedText, _ range: Range<Int>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var held = 0
        for index in range.prefix(512) {
            let byte = text[index]
            if byte == .equals { break }
            guard let value = value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return bytes
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        if byte.isUpper { return byte - 65 }
        if byte.isLower { return byte - 71 }
        if byte.isDigit { return byte + 4 }
        switch byte {
        case UInt8(ascii: "+"), .dash: return 62
        case .slash, .underscore: return 63
        default: return nil
        }
    }
}
