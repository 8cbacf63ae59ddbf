/// What all journals say together. A pure fold: the entries of one host in the order of their numbers, those of several in
/// any order.
package struct CopyState: Sendable, Equatable {
    var items: [ItemName: ItemRecord] = [:]
    /// Of objects, bytes as stored, by those who stored them.
    var objects: [String: Int64] = [:]
    /// When a conflict was first seen, ms since 1970.
    var noted: [String: Int64] = [:]
    /// Of each host, the number below which its entries say nothing any more.
    var voided: [String: Int] = [:]
    /// Of each host, its latest entry.
    package private(set) var hosts: [String: HostMark] = [:]

    package struct HostMark: Sendable, Equatable {
        package var number: Int
        package var timeMilliseconds: Int64
        package var version: String
    }

    package init() {}

    /// - Parameter entries: those that count, in any order.
    package init(folding entries: [JournalEntry]) {
        for entry in entries.sorted(by: { ($0.host, $0.number) < ($1.host, $1.number) }) { apply(entry) }
    }

    /// Takes in the next entry of a host.
    package mutating func apply(_ entry: JournalEntry) {
        for change in entry.changes { apply(change, of: entry.host) }
        for resolution in entry.resolutions { apply(resolution) }
        for conflict in entry.conflicts {
            noted[conflict.id] = min(noted[conflict.id] ?? .max, conflict.timeMilliseconds)
        }
        for object in entry.objects { objects[object.name] = object.bytes }
        if let number = entry.voidsBefore { voided[entry.host] = number }
        hosts[entry.host] = HostMark(
            number: entry.number, timeMilliseconds: entry.timeMilliseconds, version: entry.version)
    }

    private mutating func apply(_ change: ItemChange, of host: String) {
        var record = items[change.item] ?? ItemRecord()
        var parts: [ItemPart]? = change.parts
        if change.continues {
            let before = record.versions[host]
            parts = before?.digest == change.bases.first ? before?.parts.map { $0 + change.parts } : nil
        }
        for base in change.bases where base != change.digest && !change.isRemoval {
            record.bases[change.digest, default: []].insert(base)
        }
        if change.isRemoval { record.bases["", default: []].formUnion(change.bases) }
        record.versions[host] = ItemVersion(
            host: host, nature: change.nature, revision: change.revision, digest: change.digest, bytes: change.bytes,
            changedMilliseconds: change.changedMilliseconds, parts: parts)
        items[change.item] = record
    }

    private mutating func apply(_ resolution: Resolution) {
        var record = items[resolution.item] ?? ItemRecord()
        guard !record.resolutions.contains(resolution) else { return }
        record.resolutions.append(resolution)
        if let kept = resolution.kept.first {
            for side in resolution.sides where !resolution.kept.contains(side) {
                record.bases[kept, default: []].insert(side)
            }
        }
        items[resolution.item] = record
    }

    /// What a host has of an item.
    package func version(of item: ItemName, on host: String) -> ItemVersion? { items[item]?.versions[host] }

    /// The objects in which anything lies that some host still has.
    var live: Set<String> {
        var live: Set<String> = []
        for record in items.values {
            for version in record.versions.values { live.formUnion((version.parts ?? []).map(\.object)) }
        }
        return live
    }
}
