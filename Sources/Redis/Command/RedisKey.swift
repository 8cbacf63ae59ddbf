internal import Domain

/// The name of one key. Only `Storage`'s `Keys` and `PoolKeys` make one, so that what touches which key can be asked of a
/// value.
package struct RedisKey: Hashable, Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    /// What decides on which shard of a cluster the key lies.
    package var hashTag: Substring { Substring(ClusterSlot.hashTag(of: name.utf8)) }

    /// The slot of a cluster, 0 to 16,383.
    package var slot: UInt16 { ClusterSlot.of(name.utf8) }
}

extension RedisKey: CustomStringConvertible {
    package var description: String { name }
}
