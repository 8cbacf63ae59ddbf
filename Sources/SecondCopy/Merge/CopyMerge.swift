/// Which of an item's versions counts, where hosts tell of several. All of the three-way rule is here:
///
/// 1. Equal digests agree.
/// 2. A version that another came after is no more; where each came after the other, the one that was changed later is left.
/// 3. Where several are left: a tombstone counts beside another (what one host forgot is forgotten); what a host removed
///    does not count while another has it; of what is replaced the one that was changed later counts, and it is a conflict;
///    of what never changes both are kept, and it is a conflict.
package struct CopyMerge: Sendable, Equatable {
    /// What stands under the item's name; nil where every host removed it.
    package var winner: ItemVersion?
    /// What is to be kept beside it.
    package var beside: [ItemVersion] = []
    package var conflict: CopyConflict?
    /// Whether more than one host told of it.
    package var isCompared: Bool

    init(_ item: ItemName, _ record: ItemRecord) {
        isCompared = record.versions.count > 1
        let heads = Self.heads(item, record)
        winner = heads.first.flatMap { $0.isRemoval ? nil : $0 }
        guard heads.count > 1, let first = heads.first else { return }
        let live = heads.filter { !$0.isRemoval }
        if item.kind == .tombstone {
            beside = Array(live.dropFirst())
            return
        }
        let isReplaced = first.nature == .replaced
        // A host that tidied up has taken away its own alone.
        if !isReplaced, live.count <= 1 { return }
        if let resolution = Self.resolution(of: record, heads) {
            winner = live.first { $0.digest == resolution.kept.first } ?? winner
            beside = live.filter { $0.digest != winner?.digest }
            return
        }
        let rule: ConflictRule = !isReplaced ? .integrity : live.count == 1 ? .kept : .younger
        if rule == .integrity { beside = Array(live.dropFirst()) }
        conflict = Self.conflict(item, record, rule == .integrity ? live : heads, rule)
    }

    /// The versions that none came after, one of each digest, the one that counts first.
    private static func heads(_ item: ItemName, _ record: ItemRecord) -> [ItemVersion] {
        var distinct: [String: ItemVersion] = [:]
        for version in record.versions.values {
            if let known = distinct[version.digest], !isBetter(version, known) { continue }
            distinct[version.digest] = version
        }
        let heads = distinct.values.filter { version in
            !distinct.values.contains { other in
                guard other.digest != version.digest, record.descends(other.digest, from: version.digest),
                    supersedes(other, version, in: item.kind)
                else { return false }
                return !record.descends(version.digest, from: other.digest) || precedes(other, version)
            }
        }
        return heads.sorted(by: precedes)
    }

    /// A removal of what is not replaced, and of a tombstone, is of the host's own alone.
    private static func supersedes(_ other: ItemVersion, _ version: ItemVersion, in kind: CopyKind) -> Bool {
        !other.isRemoval || version.nature == .replaced && kind != .tombstone
    }

    /// Of two of one digest: the one whose bytes can be found, then the one changed later, then by the hosts' names, so that
    /// every host comes to the same.
    private static func isBetter(_ one: ItemVersion, _ other: ItemVersion) -> Bool {
        if (one.parts == nil) != (other.parts == nil) { return one.parts != nil }
        if one.changedMilliseconds != other.changedMilliseconds {
            return one.changedMilliseconds > other.changedMilliseconds
        }
        return one.host < other.host
    }

    /// Whether one counts before another: what is there before what was removed, then the one changed later, then by digest.
    private static func precedes(_ one: ItemVersion, _ other: ItemVersion) -> Bool {
        if one.isRemoval != other.isRemoval { return other.isRemoval }
        if one.changedMilliseconds != other.changedMilliseconds {
            return one.changedMilliseconds > other.changedMilliseconds
        }
        return one.digest < other.digest
    }

    /// The one that was made of just these sides.
    private static func resolution(of record: ItemRecord, _ heads: [ItemVersion]) -> Resolution? {
        let digests = Set(heads.map(\.digest))
        return record.resolutions.filter { Set($0.kept) == digests }.max { $0.timeMilliseconds < $1.timeMilliseconds }
    }

    private static func conflict(
        _ item: ItemName, _ record: ItemRecord, _ heads: [ItemVersion], _ rule: ConflictRule
    ) -> CopyConflict {
        let sides = heads.map { head in
            CopyConflict.Side(
                hosts: record.versions.values.filter { $0.digest == head.digest }.map(\.host).sorted(),
                digest: head.digest, bytes: head.bytes, changedMilliseconds: head.changedMilliseconds)
        }
        return CopyConflict(
            id: CopyConflict.id(of: item, heads.map(\.digest)), item: item, sides: sides, rule: rule,
            seenMilliseconds: nil)
    }
}

extension CopyState {
    /// Which version of an item counts.
    package func merged(_ item: ItemName) -> CopyMerge? {
        guard let record = items[item], !record.versions.isEmpty else { return nil }
        var merge = CopyMerge(item, record)
        if let id = merge.conflict?.id { merge.conflict?.seenMilliseconds = noted[id] }
        return merge
    }

    /// All that nobody has decided yet, in the order of the names.
    package var conflicts: [CopyConflict] {
        // Most items are of one host.
        items.filter { $0.value.versions.count > 1 }.keys.sorted().compactMap { merged($0)?.conflict }
    }
}
