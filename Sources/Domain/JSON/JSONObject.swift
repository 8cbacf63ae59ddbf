/// A JSON object written by hand, for the hook path: `JSONEncoder` took a quarter of a hook's instructions.
struct JSONObject<Name: CodingKey> {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func add(_ name: Name, _ value: String) {
        begin(name)
        bytes.appendJSONString(value)
    }

    /// - Parameter value: JSON already.
    mutating func add(_ name: Name, raw value: String) {
        begin(name)
        bytes += value.utf8
    }

    private mutating func begin(_ name: Name) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.appendJSONString(name.stringValue)
        bytes.append(UInt8(ascii: ":"))
    }

    var text: String { String(decoding: whole, as: UTF8.self) }

    var whole: [UInt8] { bytes + [UInt8(ascii: "}")] }
}

extension [UInt8] {
    private static let shortEscapes: [UInt8: UInt8] = [
        8: UInt8(ascii: "b"), 9: UInt8(ascii: "t"), 10: UInt8(ascii: "n"), 12: UInt8(ascii: "f"), 13: UInt8(ascii: "r"),
    ]

    /// Adds the text as a JSON string, quoted (RFC 8259, section 7).
    /// - Parameter isShort: whether line breaks and tabs are written as `\n` and the like, rather than by number.
    mutating func appendJSONString(_ text: String, isShort: Bool = false) {
        append(UInt8(ascii: "\""))
        var text = text
        // Whole runs at once: nearly all of a text needs no escape.
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                guard byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                unsafe append(contentsOf: bytes[start..<index])
                start = index + 1
                if isShort, let letter = Self.shortEscapes[byte] {
                    self += [UInt8(ascii: "\\"), letter]
                } else if byte < 32 {
                    // Whoever holds such text by a checksum holds it in this form.
                    self += "\\u\(String(byte, digits: 4, radix: 16))".utf8
                } else {
                    append(UInt8(ascii: "\\"))
                    append(byte)
                }
            }
            unsafe append(contentsOf: bytes[start...])
        }
        append(UInt8(ascii: "\""))
    }
}
