/// What a round has packed and stored, and is about to tell.
struct RoundDraft: Sendable {
    var changes: [ItemChange]
    var objects: [StoredObject]
    var sentBytes: Int64
    /// Items that changed while they were read.
    var restless: Set<ItemName>
    /// Objects that nothing of this host lies in any more.
    var healed: Set<String>

    /// Whether all that the changes go on from is still there.
    func holds(in view: CopyView, of host: String) -> Bool {
        let there = view.listing.objects.union(objects.map(\.name))
        return changes.allSatisfy { change in
            let told = view.state.version(of: change.item, on: host)
            return change.bases.first == told?.digest && change.parts.allSatisfy { there.contains($0.object) }
                && (!change.continues || (told?.parts ?? []).allSatisfy { there.contains($0.object) })
        }
    }
}

extension CopyView {
    /// Where a host has stored what has a digest.
    func stored(by host: String, without distrusted: Set<String>) -> [String: [ItemPart]] {
        var stored: [String: [ItemPart]] = [:]
        for record in state.items.values {
            guard let version = record.versions[host], !version.isRemoval, let parts = version.parts,
                parts.allSatisfy({ listing.objects.contains($0.object) && !distrusted.contains($0.object) })
            else { continue }
            stored[version.digest] = parts
        }
        return stored
    }
}

extension NotedConflict {
    init(_ conflict: CopyConflict, at nowMilliseconds: Int64) {
        self.init(
            id: conflict.id, kind: conflict.item.kind, name: conflict.item.name, rule: conflict.rule,
            digests: conflict.sides.map(\.digest), timeMilliseconds: nowMilliseconds)
    }
}

extension Task where Success == Never, Failure == Never {
    /// - Throws: `cut` where whoever waits for this has given up.
    static func checkCopyCancellation() throws(CopyError) {
        if isCancelled { throw .cut(reason: "it was cancelled") }
    }
}
