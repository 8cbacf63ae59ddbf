internal import Domain

/// SHA-1 (FIPS 180-4), by which Redis names scripts. Not for security. Written here because a hook links no crypto
/// library; without bounds checks, since it runs in every hook.
enum SHA1 {
    /// So many bytes at most are added to a message.
    static let padding = 72

    static func hexadecimal(of text: [UInt8]) -> String {
        var message = text
        let bitLength = UInt64(message.count) * 8
        message.append(0x80)
        message.append(contentsOf: repeatElement(0, count: (120 - message.count % 64) % 64))
        for shift in stride(from: 56, through: 0, by: -8) {
            message.append(UInt8(truncatingIfNeeded: bitLength >> UInt64(shift)))
        }
        var state = State()
        unsafe message.withUnsafeBytes { message in
            unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
                for block in stride(from: 0, to: message.count, by: 64) {
                    for index in 0..<16 {
                        unsafe words[index] = UInt32(
                            bigEndian: message.loadUnaligned(fromByteOffset: block + index * 4, as: UInt32.self))
                    }
                    for index in 16..<80 {
                        let mixed = unsafe words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
                        unsafe words[index] = rotated(mixed, by: 1)
                    }
                    unsafe state.absorb(words)
                }
            }
        }
        return state.hexadecimal
    }

    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        /// Five steps at a time, so that the five words change roles rather than places.
        mutating func absorb(_ words: UnsafeMutableBufferPointer<UInt32>) {
            var (a, b, c, d, e) = (a, b, c, d, e)
            var index = 0
            while index < 20 {
                unsafe step(a, &b, &e, (b & c) | (~b & d), 0x5A82_7999, words[index])
                unsafe step(e, &a, &d, (a & b) | (~a & c), 0x5A82_7999, words[index + 1])
                unsafe step(d, &e, &c, (e & a) | (~e & b), 0x5A82_7999, words[index + 2])
                unsafe step(c, &d, &b, (d & e) | (~d & a), 0x5A82_7999, words[index + 3])
                unsafe step(b, &c, &a, (c & d) | (~c & e), 0x5A82_7999, words[index + 4])
                index += 5
            }
            while index < 40 {
                unsafe step(a, &b, &e, b ^ c ^ d, 0x6ED9_EBA1, words[index])
                unsafe step(e, &a, &d, a ^ b ^ c, 0x6ED9_EBA1, words[index + 1])
                unsafe step(d, &e, &c, e ^ a ^ b, 0x6ED9_EBA1, words[index + 2])
                unsafe step(c, &d, &b, d ^ e ^ a, 0x6ED9_EBA1, words[index + 3])
                unsafe step(b, &c, &a, c ^ d ^ e, 0x6ED9_EBA1, words[index + 4])
                index += 5
            }
            while index < 60 {
                unsafe step(a, &b, &e, (b & c) | (d & (b | c)), 0x8F1B_BCDC, words[index])
                unsafe step(e, &a, &d, (a & b) | (c & (a | b)), 0x8F1B_BCDC, words[index + 1])
                unsafe step(d, &e, &c, (e & a) | (b & (e | a)), 0x8F1B_BCDC, words[index + 2])
                unsafe step(c, &d, &b, (d & e) | (a & (d | e)), 0x8F1B_BCDC, words[index + 3])
                unsafe step(b, &c, &a, (c & d) | (e & (c | d)), 0x8F1B_BCDC, words[index + 4])
                index += 5
            }
            while index < 80 {
                unsafe step(a, &b, &e, b ^ c ^ d, 0xCA62_C1D6, words[index])
                unsafe step(e, &a, &d, a ^ b ^ c, 0xCA62_C1D6, words[index + 1])
                unsafe step(d, &e, &c, e ^ a ^ b, 0xCA62_C1D6, words[index + 2])
                unsafe step(c, &d, &b, d ^ e ^ a, 0xCA62_C1D6, words[index + 3])
                unsafe step(b, &c, &a, c ^ d ^ e, 0xCA62_C1D6, words[index + 4])
                index += 5
            }
            self = State(a: self.a &+ a, b: self.b &+ b, c: self.c &+ c, d: self.d &+ d, e: self.e &+ e)
        }

        var hexadecimal: String {
            func digits(_ word: UInt32) -> String { String(word, digits: 8, radix: 16) }
            return digits(a) + digits(b) + digits(c) + digits(d) + digits(e)
        }

        @inline(__always)
        private func step(
            _ a: UInt32, _ b: inout UInt32, _ e: inout UInt32, _ mix: UInt32, _ constant: UInt32, _ word: UInt32
        ) {
            e = e &+ rotated(a, by: 5) &+ mix &+ constant &+ word
            b = rotated(b, by: 30)
        }
    }

    private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word &<< count | word &>> (32 - count) }
}
