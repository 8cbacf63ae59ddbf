/// What one host has seen of a copy: what is stored, and what the journals say. Once an entry was taken in it is not read
/// again.
struct CopyView: Sendable {
    let seal: Seal
    private(set) var state = CopyState()
    private(set) var listing = CopyListing()
    /// Entries that cannot be opened, and why.
    private(set) var troubles: [StoredName: CopyError] = [:]
    private var folded: Set<StoredName> = []

    init(_ seal: Seal) { self.seal = seal }

    /// So many entries are read at a time.
    private static let batch = 128

    /// Looks, and takes in what is new.
    /// - Throws: `foreign`, `newer`; `locked` where no journal can be opened.
    mutating func refresh(_ transport: some CopyTransport) async throws(CopyError) {
        var listing = try await transport.look()
        if listing != self.listing || !listing.hasMarker { try await Self.check(&listing, transport, seal) }
        self.listing = listing
        troubles = troubles.filter { listing.entries.contains($0.key) }
        // An entry that is gone without its host having said it anew was taken away by somebody, or an older state was put
        // back: what it told is no longer known to be there.
        if !folded.isSubset(of: listing.entries) { forget() }
        let added = try await entries(listing.entries.subtracting(folded).subtracting(troubles.keys), transport)
        if added.contains(where: { $0.entry.number <= state.hosts[$0.entry.host]?.number ?? -1 }) {
            // Out of order: two machines that have one name, or an entry that came late.
            forget()
            try await take(entries(listing.entries.subtracting(troubles.keys), transport))
        } else {
            take(added)
        }
        try checkOpening()
    }

    /// What this host wrote itself and has published.
    mutating func take(_ entry: JournalEntry, as name: StoredName, removing removed: [StoredName] = []) {
        state.apply(entry)
        folded.insert(name)
        listing.entries.insert(name)
        listing.hasMarker = true
        listing.objects.formUnion(entry.objects.map(\.name))
        for name in removed {
            if case .object(let object) = name { listing.objects.remove(object) } else { listing.entries.remove(name) }
        }
        folded.formIntersection(listing.entries)
    }

    /// The number of a host's next entry: behind all that can be opened, and one that no other has.
    func nextNumber(of host: String) -> Int {
        let folders = seal.names(of: host)
        var taken: Set<Int> = []
        for case .entry(let folder, let number, _) in listing.entries where folders.contains(folder) {
            taken.insert(number)
        }
        var next = (state.hosts[host]?.number ?? 0) + 1
        while taken.contains(next) { next += 1 }
        return next
    }

    /// The entries of a host with a number below another.
    func entries(of host: String, below number: Int) -> [StoredName] {
        let folders = seal.names(of: host)
        return listing.entries.filter { name in
            if case .entry(let folder, let other, _) = name {
                folders.contains(folder) && other < number
            } else {
                false
            }
        }
    }

    private mutating func forget() {
        state = CopyState()
        folded = []
    }

    private static func check(
        _ listing: inout CopyListing, _ transport: some CopyTransport, _ seal: Seal
    ) async throws(CopyError) {
        guard listing.hasMarker else {
            // Where nothing but ours lies the marker was taken away, and comes back with the next round: what else it says
            // the files say of themselves.
            guard listing.strangers.isEmpty else {
                throw .foreign(reason: "it holds \(listing.strangers.prefix(3).joined(separator: ", "))")
            }
            return
        }
        guard let bytes = try await transport.read([.marker])[.marker] else { return }
        let marker: CopyMarker
        do throws(CopyError) {
            marker = try CopyMarker(bytes)
        } catch {
            // Among nothing but ours it is ours, and damaged: it is written anew with the next round.
            guard case .foreign = error, listing.strangers.isEmpty, !listing.entries.isEmpty else { throw error }
            listing.hasMarker = false
            return
        }
        guard marker.isSealed != seal.isPlain else {
            throw .locked(
                reason: marker.isSealed ? "it is sealed, and there is no key" : "it is not sealed, and a key is set",
                marks: [])
        }
    }

    private func checkOpening() throws(CopyError) {
        guard folded.isEmpty, !troubles.isEmpty else { return }
        let marks = lockedMarks
        if !marks.isEmpty { throw .locked(reason: "no journal in it can be opened with this key", marks: marks) }
    }

    /// Of keys that are wanted and are not here.
    var lockedMarks: [String] {
        let marks = troubles.values.flatMap { error -> [String] in
            if case .locked(_, let marks) = error { marks } else { [] }
        }
        return Set(marks).sorted()
    }

    private typealias Opened = (name: StoredName, entry: JournalEntry)

    private mutating func entries(
        _ names: Set<StoredName>, _ transport: some CopyTransport
    ) async throws(CopyError) -> [Opened] {
        var opened: [Opened] = []
        let names = names.sorted { $0.text < $1.text }
        try await transport.prepare(names)
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            let batch = names[start..<min(start + Self.batch, names.count)]
            let files = try await transport.read(Array(batch))
            for name in batch {
                guard case .entry(let folder, let number, let object) = name else { continue }
                do throws(CopyError) {
                    guard let bytes = files[name] else {
                        throw .damaged(name: name.text, reason: "it was listed and cannot be read")
                    }
                    let entry = try JournalEntry(
                        opening: bytes, folder: folder, number: number, object: object, by: seal)
                    opened.append((name, entry))
                } catch {
                    if case .newer = error { throw error }
                    troubles[name] = error
                }
            }
        }
        return opened
    }

    private mutating func take(_ opened: [Opened]) {
        var voided: [String: Int] = [:]
        for (_, entry) in opened {
            if let number = entry.voidsBefore { voided[entry.host] = max(voided[entry.host] ?? 0, number) }
        }
        folded.formUnion(opened.map(\.name))
        let counting = opened.filter { $0.entry.number >= voided[$0.entry.host] ?? 0 }
        for (_, entry) in counting.sorted(by: { ($0.entry.number, $0.name.text) < ($1.entry.number, $1.name.text) }) {
            state.apply(entry)
        }
    }
}
