/// The name of one key. Only `Storage`'s `Keys` and `PoolKeys` make one, so that what touches which key can be asked of a
/// value.
package struct RedisKey: Hashable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    /// What decides on which shard of a cluster the key lies: the text between the first `{` and the `}` behind it, else
    /// the whole name (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags>).
    package var hashTag: Substring {
        guard let open = name.firstIndex(of: "{"), let close = name[open...].firstIndex(of: "}"),
            name.index(after: open) < close
        else { return name[...] }
        return name[name.index(after: open)..<close]
    }

    /// The slot of a cluster, 0 to 16,383: CRC16 (XMODEM) of the hash tag.
    package var slot: UInt16 {
        var sum: UInt16 = 0
        for byte in hashTag.utf8 {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
        return sum % 16_384
    }
}

extension RedisKey: CustomStringConvertible {
    package var description: String { name }
}
