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
    /// - Parameter shortly: a line break is `\n` rather than `\u000a`, and so on. Whoever holds a text by a checksum holds
    ///   it in the long form.
    mutating func appendJSONString(_ text: String, shortly: Bool = false) {
        append(UInt8(ascii: "\""))
        defer { append(UInt8(ascii: "\"")) }
        guard Self.needsEscapes(text.utf8.span) else { return self += text.utf8 }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 8 where shortly: self += "\\b".utf8
            case 9 where shortly: self += "\\t".utf8
            case 10 where shortly: self += "\\n".utf8
            case 12 where shortly: self += "\\f".utf8
            case 13 where shortly: self += "\\r".utf8
            case 0..<32:
                self += "\\u\(String(byte, digits: 4, radix: 16))".utf8
            default:
                append(byte)
            }
        }
    }

    private static func needsEscapes(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0..<32: return true
            default: continue
            }
        }
        return false
    }
}
