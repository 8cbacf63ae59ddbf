/// Percent-coding of addresses (RFC 3986). In forms, a blank is a plus.
package enum PercentCoding {
    /// Every byte that is not unreserved in digits: one part of an address.
    package static func encode(_ text: String, spaceIsPlus: Bool = false) -> String {
        encode(text) { $0 == UInt8(ascii: " ") && spaceIsPlus ? "+" : nil }
    }

    /// The same with slashes as they are: a whole path.
    package static func encodePath(_ path: String) -> String {
        encode(path) { $0 == UInt8(ascii: "/") ? "/" : nil }
    }

    /// - Returns: nil when a `%` is not followed by two digits, or what comes out is not UTF-8.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encode(_ text: String, as own: (UInt8) -> Unicode.Scalar?) -> String {
        var encoded = String.UnicodeScalarView()
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.append(Unicode.Scalar(byte))
            } else if let scalar = own(byte) {
                encoded.append(scalar)
            } else {
                encoded.append(contentsOf: "%\(String(byte, digits: 2, radix: 16, uppercase: true))".unicodeScalars)
            }
        }
        return String(encoded)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
