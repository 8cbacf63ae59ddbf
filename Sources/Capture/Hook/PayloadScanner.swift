/// Reads the strings that stand at the top of a JSON object, and passes over all else without building it.
///
/// A hook needs eight short fields of a payload that may hold megabytes. `JSONDecoder` takes 0.3 ms before it reads the
/// first byte, and gives up on a lone surrogate in a prompt or on a payload that was cut; this takes what is there.
struct PayloadScanner {
    private let bytes: [UInt8]
    private var position = 0

    /// - Returns: the wanted fields that are strings; nil when this is no object.
    static func strings(of bytes: [UInt8], named wanted: Set<String>) -> [String: String]? {
        var scanner = PayloadScanner(bytes: bytes)
        return scanner.object(wanted)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func object(_ wanted: Set<String>) -> [String: String]? {
        guard next() == UInt8(ascii: "{") else { return nil }
        var fields: [String: String] = [:]
        while let quote = next(), quote == UInt8(ascii: "\""), let name = string(), next() == UInt8(ascii: ":") {
            guard let first = next() else { break }
            if first == UInt8(ascii: "\""), wanted.contains(name) {
                // A value that was cut is no value.
                guard let value = string() else { break }
                fields[name] = value
            } else {
                skip(from: first)
            }
            guard next() == UInt8(ascii: ",") else { break }
        }
        return fields
    }

    /// The next byte that is not white space.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte > 32 { return byte }
        }
        return nil
    }

    /// Passes over the value that begins with `first`.
    private mutating func skip(from first: UInt8) {
        var depth = 0
        var byte = first
        while true {
            switch byte {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            guard position < bytes.count else { return }
            let following = bytes[position]
            // The comma or bracket behind a value belongs to the object around it.
            let isEnd =
                following == UInt8(ascii: ",") || following == UInt8(ascii: "}") || following == UInt8(ascii: "]")
            if depth == 0, isEnd { return }
            byte = following
            position += 1
        }
    }

    private mutating func skipString() {
        while position < bytes.count {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
    }

    /// The string whose opening quote was read; nil when it does not end.
    private mutating func string() -> String? {
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): guard escape(into: &text) else { return nil }
            default: text.append(byte)
            }
        }
        return nil
    }

    /// What follows a backslash (RFC 8259, section 7). Half of a surrogate pair becomes the replacement character.
    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"):
            guard var unit = hexadecimal() else { return false }
            if (0xD800..<0xDC00).contains(unit),
                bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
            {
                let start = position
                position += 2
                if let low = hexadecimal(), (0xDC00..<0xE000).contains(low) {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = start
                }
            }
            text += String(UnicodeScalar(unit).map(Character.init) ?? "\u{FFFD}").utf8
        default: text.append(letter)
        }
        return true
    }

    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        defer { position += 4 }
        return UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
    }
}
