/// A copy is only added to, so what nobody wants any more stays in it until its history is cut: this host says all of its own
/// anew in few entries, and what no host has any more is left out.
extension CopySync {
    /// - Returns: false where it is not done now: another host was faster, or something cannot be opened, of which nobody
    ///   knows what it still needs.
    func rewrite(_ nowMilliseconds: Int64) async throws(CopyError) -> Bool {
        // What an entry told that is gone may still be wanted: of this host's own it is told anew first.
        guard view.understandsAll(but: host), view.gaps.keys.allSatisfy({ $0 == host }), isAloneTold else {
            return false
        }
        let first = view.nextNumber(of: host)
        let entries = view.summary(of: host, from: first, options.mostChanges, at: nowMilliseconds)
        let live = view.state.live
        let dead = view.listing.objects.subtracting(live).sorted().map { StoredName.object($0) }
        do throws(CopyError) {
            try await publish(entries, removing: dead + view.entries(of: host, below: first), isRewrite: true)
            return true
        } catch {
            guard case .rejected = error else { throw error }
            await transport.discard()
            return false
        }
    }
}

extension CopySync {
    /// Whether the journal tells of all that the copy alone has.
    private var isAloneTold: Bool {
        (inventory?.items ?? []).allSatisfy {
            $0.alone == nil || view.state.version(of: $0.item, on: host)?.parts != nil
        }
    }
}

extension CopyView {
    /// Bytes of what is stored, and of what in it no host has any more.
    var sizes: (stored: Int64, dead: Int64) {
        let dead = listing.objects.subtracting(state.live)
        return (storedBytes, dead.reduce(0) { $0 + (state.objects[$1] ?? 0) })
    }

    private var storedBytes: Int64 { listing.objects.reduce(0) { $0 + (state.objects[$1] ?? 0) } }

    func wantsRewrite(of host: String, _ options: SyncOptions) -> Bool {
        if entries(of: host, below: .max).count > options.mostEntries { return true }
        if listing.objects.count > options.mostSmallObjects {
            let dead = listing.objects.subtracting(state.live)
            if dead.count > options.mostSmallObjects { return true }
        }
        // Whatever is stored is gone through only where it may matter.
        guard storedBytes > options.historyLimit else { return false }
        let sizes = sizes
        return sizes.dead * 4 > sizes.stored
    }

    /// The small objects in which something of a host lies, where they are too many: each round makes one at least, and who
    /// comes back asks for each.
    func scattered(of host: String, _ options: SyncOptions) -> Set<String> {
        guard listing.objects.count > options.mostSmallObjects else { return [] }
        var small: Set<String> = []
        for record in state.items.values {
            for part in record.versions[host]?.parts ?? []
            where (state.objects[part.object] ?? 0) < Int64(options.objectLimit / 16) {
                small.insert(part.object)
            }
        }
        return small.count > options.mostSmallObjects ? small : []
    }

    /// Whether every other host's journal can be read. Of its own, a host has sent anew what it does not find told.
    func understandsAll(but host: String) -> Bool {
        let folders = seal.names(of: host)
        return troubles.keys.allSatisfy { name in
            if case .entry(let folder, _, _) = name { folders.contains(folder) } else { false }
        }
    }

    /// All that a host has told, as if it told it for the first time. The last of the entries voids those of before, so that
    /// nothing is unsaid while only some of them are stored.
    func summary(of host: String, from first: Int, _ mostChanges: Int, at nowMilliseconds: Int64) -> [JournalEntry] {
        var changes: [ItemChange] = [], resolutions: [Resolution] = []
        for (item, record) in state.items.sorted(by: { $0.key < $1.key }) {
            resolutions += record.resolutions.filter { $0.host == host }
            if let change = change(item, record, of: host) { changes.append(change) }
        }
        let needed = Set(changes.flatMap { $0.parts.map(\.object) })
        let noted = state.conflicts.compactMap { conflict in
            conflict.seenMilliseconds.map { NotedConflict(conflict, at: $0) }
        }
        var entries = [JournalEntry(host: host, number: first, timeMilliseconds: nowMilliseconds)], weight = 0
        for change in changes {
            // A part takes up a third of what a change does; an entry of any size could not be opened.
            weight += 1 + change.parts.count / 3
            if weight > mostChanges, !entries[entries.count - 1].changes.isEmpty {
                let number = first + entries.count
                entries.append(JournalEntry(host: host, number: number, timeMilliseconds: nowMilliseconds))
                weight = 1 + change.parts.count / 3
            }
            entries[entries.count - 1].changes.append(change)
        }
        let last = entries.count - 1
        entries[last].objects = needed.sorted().compactMap { name in
            state.objects[name].map { StoredObject(name: name, bytes: $0) }
        }
        (entries[last].resolutions, entries[last].conflicts) = (resolutions, noted)
        entries[last].voidsBefore = first
        return entries
    }

    private func change(_ item: ItemName, _ record: ItemRecord, of host: String) -> ItemChange? {
        guard let version = record.versions[host], let parts = version.parts else { return nil }
        let others = record.versions.values.filter { $0.host != host }
        // That it was removed must be known as long as another host tells of it.
        if version.isRemoval && others.isEmpty { return nil }
        let bases = Set(others.map(\.digest)).filter { record.descends(version.digest, from: $0) }
        return ItemChange(
            kind: item.kind, name: item.name, nature: version.nature, revision: version.revision,
            digest: version.digest, bytes: version.bytes, changedMilliseconds: version.changedMilliseconds,
            bases: bases.sorted(), continues: false, parts: parts)
    }
}
