/// What a copy lacks of what a host has. Pure.
struct CopyPlan: Sendable {
    struct Lack: Sendable, Equatable {
        var item: CopyItem
        /// What the host told of it last, where its bytes are known to be there.
        var known: ItemVersion?
        /// The digest of what the host told of it last, whether or not its bytes are there; empty for a removal.
        var base: String?

        /// To be sent, bytes.
        var bytes: Int64 {
            guard let known, item.nature == .growing, item.bytes >= known.bytes else { return item.bytes }
            return item.bytes - known.bytes
        }
    }

    /// What was forgotten first, then what waits longest.
    private(set) var lacking: [Lack] = []
    /// With what the host told of them last.
    private(set) var removed: [(item: ItemName, version: ItemVersion)] = []
    /// Of a kind, so many items would be removed that it looks like a loss, not like tidying.
    private(set) var withheld: [CopyKind: Int] = [:]
    private(set) var lackingBytes: Int64 = 0

    /// When the oldest change was made that the copy lacks, ms since 1970.
    var oldestMilliseconds: Int64? { lacking.map(\.item.changedMilliseconds).min() }

    /// Fewer are removed without a question.
    private static let fewRemovals = 16

    /// - Parameters:
    ///   - objects: those that are stored and sound.
    ///   - isEmptying: most of a kind may be removed at once.
    init(
        _ inventory: CopyInventory, of host: String, in state: CopyState, objects: Set<String>,
        isEmptying: Bool = false, removing: Set<ItemName> = []
    ) {
        var present: Set<ItemName> = []
        for item in inventory.items where present.insert(item.item).inserted {
            let told = state.version(of: item.item, on: host)
            let known = told.flatMap { Self.isThere($0, objects) ? $0 : nil }
            if let alone = item.alone {
                if known != nil || !alone.parts.allSatisfy({ objects.contains($0.object) }) { continue }
                lacking.append(Lack(item: item, known: nil, base: told?.digest))
                continue
            }
            if let known, known.revision == item.revision, known.nature == item.nature { continue }
            let lack = Lack(item: item, known: known, base: told?.digest ?? inventory.bases[item.item])
            lacking.append(lack)
            lackingBytes += lack.bytes
        }
        lacking.sort { one, other in
            let (first, second) = (one.item.item.kind == .tombstone, other.item.item.kind == .tombstone)
            if first != second { return first }
            return (one.item.changedMilliseconds, one.item.item) < (other.item.changedMilliseconds, other.item.item)
        }
        for item in removing.sorted() {
            guard let version = state.version(of: item, on: host), !version.isRemoval else { continue }
            removed.append((item, version))
        }
        for kind in inventory.completeKinds.sorted() {
            remove(kind, present, of: host, in: state, isEmptying, inventory)
        }
    }

    private mutating func remove(
        _ kind: CopyKind, _ present: Set<ItemName>, of host: String, in state: CopyState, _ isEmptying: Bool,
        _ inventory: CopyInventory
    ) {
        var gone: [(item: ItemName, version: ItemVersion)] = [], all = 0
        for (item, record) in state.items where item.kind == kind {
            guard let version = record.versions[host], !version.isRemoval else { continue }
            all += 1
            if !present.contains(item), !inventory.staying(item), !removed.contains(where: { $0.item == item }) {
                gone.append((item, version))
            }
        }
        if gone.count > Self.fewRemovals, gone.count * 2 > all, !isEmptying {
            withheld[kind] = gone.count
        } else {
            removed += gone.sorted { $0.item < $1.item }
        }
    }

    /// Whether all bytes of it are stored and sound.
    static func isThere(_ version: ItemVersion, _ objects: Set<String>) -> Bool {
        guard !version.isRemoval, let parts = version.parts else { return false }
        return parts.allSatisfy { objects.contains($0.object) }
    }
}
