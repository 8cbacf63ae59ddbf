/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): tells damaged or different text apart, keeps no secret.
package struct Checksum: Hashable, Sendable {
    package let value: UInt64

    package init(value: UInt64) { self.value = value }

    package static func fnv1a(_ text: String) -> Checksum { fnv1a(text.utf8.span) }

    package static func fnv1a(_ bytes: Span<UInt8>) -> Checksum {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3 }
        return Checksum(value: hash)
    }

    /// Sixteen lower-case digits.
    package var hexadecimal: String { String(value, digits: 16, radix: 16) }
}
