/// Which of a cluster's 16,384 slots a key lies in
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags>).
package enum ClusterSlot {
    package static let count = 16_384

    /// What decides: the bytes between the first `{` and the `}` behind it, else the whole name.
    package static func hashTag<Name: Collection<UInt8>>(of name: Name) -> Name.SubSequence {
        guard let open = name.firstIndex(of: UInt8(ascii: "{")) else { return name[...] }
        let start = name.index(after: open)
        guard let close = name[start...].firstIndex(of: UInt8(ascii: "}")), start < close else { return name[...] }
        return name[start..<close]
    }

    /// CRC16 (XMODEM) of the hash tag.
    package static func of(_ name: some Collection<UInt8>) -> UInt16 {
        var sum: UInt16 = 0
        for byte in hashTag(of: name) {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
        return sum % UInt16(count)
    }
}
