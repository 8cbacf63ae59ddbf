/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): tells damaged or different text apart, keeps no secret.
package struct Checksum: Hashable, Sendable {
    package let value: UInt64

    package init(value: UInt64) { self.value = value }

    package static func fnv1a(_ text: String) -> Checksum {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Checksum(value: hash)
    }

    /// Sixteen lower-case digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
