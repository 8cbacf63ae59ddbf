/// Gives everything back: of every item the version that counts, and those that are to be kept beside it.
package enum CopyClone {
    package struct Report: Sendable, Equatable {
        package var items = 0
        package var bytes: Int64 = 0
        /// What does not come back, and why.
        package var failures: [Failure] = []
        /// Of keys that something was closed with and that are not here.
        package var lockedMarks: [String] = []
        /// Entries of journals that cannot be opened: nobody knows what they told.
        package var damagedEntries: [String] = []
        /// Conflicts in which a rule decided.
        package var conflicts: [CopyConflict] = []
        package var hosts: [String] = []

        package init() {}

        package var isWhole: Bool { failures.isEmpty && lockedMarks.isEmpty && damagedEntries.isEmpty }
    }

    package struct Failure: Sendable, Equatable {
        package var item: ItemName
        package var error: CopyError
    }

    /// - Parameter host: of whose journal alone; nil for all.
    /// - Throws: where nothing can come back, or the sink throws.
    package static func run(
        from transport: any CopyTransport, _ seal: Seal, into sink: any CopySink, host: String? = nil
    ) async throws(CopyError) -> Report {
        var view = CopyView(seal)
        try await view.refresh(transport)
        guard !view.listing.isEmpty else { throw .foreign(reason: "there is no second copy") }
        var report = Report()
        (report.lockedMarks, report.hosts) = (view.lockedMarks, view.state.hosts.keys.sorted())
        report.damagedEntries = view.damagedEntries
        report.conflicts = view.state.conflicts
        var shelf = ObjectShelf(seal, transport, there: view.listing.objects)
        for wanted in view.state.wanted(of: host) {
            try Task.checkCopyCancellation()
            guard try await sink.wants(wanted.item) else { continue }
            do throws(Trouble) {
                try await hand(wanted, &shelf, to: sink)
                report.items += 1
                report.bytes += wanted.item.bytes
            } catch {
                guard case .ofItem(let error) = error else { throw error.error }
                report.failures.append(Failure(item: wanted.item.item, error: error))
                await sink.drop(wanted.item, because: error)
            }
        }
        return report
    }

    private enum Trouble: Error {
        /// The others may come back all the same.
        case ofItem(CopyError)
        case ofAll(CopyError)

        init(_ error: CopyError) {
            switch error {
            case .damaged, .locked, .newer: self = .ofItem(error)
            default: self = .ofAll(error)
            }
        }

        var error: CopyError {
            switch self {
            case .ofItem(let error), .ofAll(let error): error
            }
        }
    }

    private static func hand(
        _ wanted: WantedItem, _ shelf: inout ObjectShelf, to sink: any CopySink
    ) async throws(Trouble) {
        let item = wanted.item
        var digest = ContentDigest(), count: Int64 = 0
        do throws(CopyError) {
            guard let parts = wanted.parts else {
                throw .damaged(name: "\(item.item)", reason: "the entry that told where it lies cannot be read")
            }
            for part in parts {
                let bytes = try await shelf.bytes(of: part)
                digest.add(bytes)
                count += Int64(bytes.count)
                try await sink.take(bytes, of: item)
            }
            guard count == item.bytes, digest.text == item.digest else {
                throw .damaged(name: "\(item.item)", reason: "its bytes are not those of its SHA-256")
            }
            try await sink.finish(item)
        } catch {
            throw Trouble(error)
        }
    }
}

/// An item that is to come back, and where its bytes lie.
struct WantedItem {
    var item: ClonedItem
    var parts: [ItemPart]?
}

extension CopyState {
    /// What there is, the items of one object behind each other.
    func wanted(of host: String?) -> [WantedItem] {
        var wanted: [WantedItem] = []
        for (name, record) in items {
            if let host {
                guard let version = record.versions[host], !version.isRemoval else { continue }
                wanted.append(WantedItem(name, version, record))
            } else {
                let merge = CopyMerge(name, record)
                if let winner = merge.winner { wanted.append(WantedItem(name, winner, record)) }
                wanted += merge.beside.map { WantedItem(name, $0, record, isBeside: true) }
            }
        }
        return wanted.sorted { $0.order < $1.order }
    }
}

extension WantedItem {
    fileprivate init(_ name: ItemName, _ version: ItemVersion, _ record: ItemRecord, isBeside: Bool = false) {
        item = ClonedItem(
            item: name, nature: version.nature, bytes: version.bytes, digest: version.digest,
            changedMilliseconds: version.changedMilliseconds,
            hosts: record.versions.values.filter { $0.digest == version.digest }.map(\.host).sorted(),
            isBeside: isBeside)
        parts = version.parts
    }

    fileprivate var order: (String, Int, ItemName, String) {
        (parts?.first?.object ?? "", parts?.first?.offset ?? 0, item.item, item.digest)
    }
}
