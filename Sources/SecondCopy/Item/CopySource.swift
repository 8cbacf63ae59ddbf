/// What a host has that is to have a second copy.
package protocol CopySource: Sendable {
    /// All of it, without reading any: 100,000 items in a moment.
    func inventory() async throws(CopyError) -> CopyInventory

    /// Bytes of one item.
    /// - Returns: fewer than were asked for where it has become shorter, or is gone: it is looked at again in the next round.
    func bytes(of item: CopyItem, in range: Range<Int64>) async throws(CopyError) -> [UInt8]

    /// Whether all that is here of an item is what was written: asked of what only grows, and does not begin any more as it
    /// was sent.
    func isSound(_ item: CopyItem) async -> Bool
}

extension CopySource {
    package func isSound(_ item: CopyItem) async -> Bool { true }
}

package struct CopyInventory: Sendable {
    /// One of each name.
    package var items: [CopyItem]
    /// The kinds of which these are all there are: what was sent of them and is not among the items was removed on purpose.
    /// Of other kinds nothing is taken as removed.
    package var completeKinds: Set<CopyKind>

    /// Digests of what came back from a copy: what this host tells next of these goes on from there.
    package var bases: [ItemName: String]

    /// What stays in the copy though it is not among the items, whatever kind is complete.
    package var staying: @Sendable (ItemName) -> Bool

    package init(
        _ items: [CopyItem], completeKinds: Set<CopyKind> = [], bases: [ItemName: String] = [:],
        staying: @escaping @Sendable (ItemName) -> Bool = { _ in false }
    ) {
        self.staying = staying
        self.items = items
        self.completeKinds = completeKinds
        self.bases = bases
    }
}
