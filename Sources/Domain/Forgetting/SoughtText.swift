/// A text that is looked for as it was typed, letter by letter, wherever it stands: plainly, or as a JSON string spells it,
/// be that string part of another.
package struct SoughtText: Sendable, Equatable {
    let plain: [UInt8]
    /// The longest part of it that nobody spells otherwise, unless by `\u`.
    private let firm: [UInt8]

    /// Bytes; shorter ones stand nearly everywhere.
    package static let minimum = 4
    /// So deep strings lie in strings: a tool's input that holds JSON is one in a line that is JSON.
    private static let depth = 3

    /// - Returns: nil for one that is too short.
    package init?(_ text: String) {
        plain = Array(text.utf8)
        guard plain.count >= Self.minimum else { return nil }
        firm =
            plain.split { byte in
                byte < 32 || byte > 126 || [Self.escape, UInt8(ascii: "\""), UInt8(ascii: "/")].contains(byte)
            }
            .max { $0.count < $1.count }.map(Array.init) ?? []
    }

    package func occurs(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in unsafe occurs(in: UnsafeRawBufferPointer(bytes)) }
    }

    package func occurs(in bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in unsafe occurs(in: bytes) }
    }

    package func occurs(in bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe ByteSearch.contains(bytes, plain) { return true }
        // Most lines are done with here, without being read as what they mean.
        guard unsafe ByteSearch.contains(bytes, [Self.escape]),
            unsafe ByteSearch.contains(bytes, firm) || ByteSearch.contains(bytes, Array("\\u".utf8))
        else { return false }
        var meant = unsafe Array(bytes)
        for _ in 0..<Self.depth where meant.contains(Self.escape) {
            meant = Self.unescaped(meant)
            if unsafe meant.withUnsafeBytes({ unsafe ByteSearch.contains($0, plain) }) { return true }
        }
        return false
    }

    /// What bytes may mean: as they stand, and as strings of JSON, string in string.
    static func readings(of bytes: [UInt8]) -> [[UInt8]] {
        var readings = [bytes]
        for _ in 0..<depth {
            guard let last = readings.last, last.contains(escape) else { break }
            readings.append(unescaped(last))
        }
        return readings
    }

    /// How files hold it, byte for byte: plainly and as strings of JSON spell it.
    package var spellings: [[UInt8]] {
        var spellings = [plain]
        for spelled in [Self.escaped(plain), Self.escaped(Self.escaped(plain))] where !spellings.contains(spelled) {
            spellings.append(spelled)
        }
        return spellings
    }

    private static let escape = UInt8(ascii: "\\")

    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.reduce(into: []) { escaped, byte in
            switch byte {
            case UInt8(ascii: "\""), escape: escaped += [escape, byte]
            case 8: escaped += [escape, UInt8(ascii: "b")]
            case 9: escaped += [escape, UInt8(ascii: "t")]
            case 10: escaped += [escape, UInt8(ascii: "n")]
            case 12: escaped += [escape, UInt8(ascii: "f")]
            case 13: escaped += [escape, UInt8(ascii: "r")]
            case 0..<32: escaped += Array("\\u\(String(UInt64(byte), digits: 4, radix: 16))".utf8)
            default: escaped.append(byte)
            }
        }
    }

    /// What a string of JSON means, one level of it; what is no escape stays as it is.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var meant: [UInt8] = []
        meant.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == escape, position + 1 < bytes.count else {
                meant.append(byte)
                position += 1
                continue
            }
            position += 2
            switch bytes[position - 1] {
            case UInt8(ascii: "b"): meant.append(8)
            case UInt8(ascii: "t"): meant.append(9)
            case UInt8(ascii: "n"): meant.append(10)
            case UInt8(ascii: "f"): meant.append(12)
            case UInt8(ascii: "r"): meant.append(13)
            case UInt8(ascii: "\""), UInt8(ascii: "/"), escape: meant.append(bytes[position - 1])
            case UInt8(ascii: "u"):
                guard let scalar = scalar(bytes, &position) else {
                    meant += [escape, UInt8(ascii: "u")]
                    continue
                }
                meant += Array(String(scalar).utf8)
            default: meant += [byte, bytes[position - 1]]
            }
        }
        return meant
    }

    /// Reads the digits behind `\u`, and those of the pair's second half.
    private static func scalar(_ bytes: [UInt8], _ position: inout Int) -> Unicode.Scalar? {
        guard let first = unit(bytes, position) else { return nil }
        if let scalar = Unicode.Scalar(first) {
            position += 4
            return scalar
        }
        guard first < 0xDC00, position + 5 < bytes.count, bytes[position + 4] == escape,
            bytes[position + 5] == UInt8(ascii: "u"), let second = unit(bytes, position + 6),
            (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return nil }
        position += 10
        return scalar
    }

    private static func unit(_ bytes: [UInt8], _ start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        return UInt32(String(decoding: bytes[start..<start + 4], as: UTF8.self), radix: 16)
    }
}
