internal import Domain

/// SHA-1 (FIPS 180-4), by which Redis names scripts. Not for security. Written here because a hook links no crypto
/// library; without bounds checks, since it runs in every hook.
enum SHA1 {
    static func hexadecimal(of text: String) -> String {
        var message = Array(text.utf8)
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
        return [state.a, state.b, state.c, state.d, state.e].map { String($0, digits: 8, radix: 16) }.joined()
    }

    private struct State {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xEFCD_AB89
        var c: UInt32 = 0x98BA_DCFE
        var d: UInt32 = 0x1032_5476
        var e: UInt32 = 0xC3D2_E1F0

        mutating func absorb(_ words: UnsafeMutableBufferPointer<UInt32>) {
            var next = self
            for index in 0..<20 { unsafe next.step((next.b & next.c) | (~next.b & next.d), 0x5A82_7999, words[index]) }
            for index in 20..<40 { unsafe next.step(next.b ^ next.c ^ next.d, 0x6ED9_EBA1, words[index]) }
            for index in 40..<60 {
                let majority = (next.b & next.c) | (next.b & next.d) | (next.c & next.d)
                unsafe next.step(majority, 0x8F1B_BCDC, words[index])
            }
            for index in 60..<80 { unsafe next.step(next.b ^ next.c ^ next.d, 0xCA62_C1D6, words[index]) }
            self = State(a: a &+ next.a, b: b &+ next.b, c: c &+ next.c, d: d &+ next.d, e: e &+ next.e)
        }

        private mutating func step(_ mix: UInt32, _ constant: UInt32, _ word: UInt32) {
            let sum = rotated(a, by: 5) &+ mix &+ e &+ constant &+ word
            (a, b, c, d, e) = (sum, a, rotated(b, by: 30), c, d)
        }
    }

    private static func rotated(_ word: UInt32, by count: UInt32) -> UInt32 { word &<< count | word &>> (32 - count) }
}
