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

    var text: String { String(decoding: bytes + [UInt8(ascii: "}")], as: UTF8.self) }
}

extension [UInt8] {
    /// Adds the text as a JSON string, quoted (RFC 8259, section 7).
    mutating func appendJSONString(_ text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<32:
                // Whoever holds such text by a checksum holds it in this form.
                self += "\\u\(String(byte, digits: 4, radix: 16))".utf8
            default:
                append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
