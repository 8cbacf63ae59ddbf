/// Holds what is stored against what the journals say of it.
package enum CopyCheck {
    package struct Report: Sendable, Equatable {
        package var objects = 0
        package var items = 0
        /// Stored files that are not what was written, missing ones too: name and reason.
        package var damaged: [String: String] = [:]
        /// Objects that a version lies in and that are damaged or missing.
        package var damagedObjects: Set<String> = []
        /// Items that do not come back whole from what some host told.
        package var damagedItems: [ItemName] = []
        /// The first numbers that are missing in a host's journal: entries were taken away.
        package var gaps: [String: [Int]] = [:]
        package var lockedMarks: [String] = []
        /// The first few files that are not ours.
        package var strangers: [String] = []
        /// What no host has any more, bytes as stored.
        package var deadBytes: Int64 = 0
        package var storedBytes: Int64 = 0

        package init() {}

        package var isSound: Bool {
            damaged.isEmpty && damagedItems.isEmpty && gaps.isEmpty && lockedMarks.isEmpty
        }
    }

    /// - Parameter isDeep: whether everything is opened, and each item held against its SHA-256; otherwise only what is
    ///   there at all is looked at.
    package static func run(
        of transport: any CopyTransport, _ seal: Seal, isDeep: Bool
    ) async throws(CopyError) -> Report {
        var view = CopyView(seal)
        try await view.refresh(transport)
        var report = Report()
        (report.lockedMarks, report.strangers) = (view.lockedMarks, view.listing.strangers)
        if !view.listing.hasMarker, !view.listing.isEmpty {
            report.damaged[StoredName.marker.text] = "it is missing, or says nothing"
        }
        for (name, error) in view.troubles { report.damaged[name.text] = "\(error)" }
        report.gaps = view.gaps
        (report.storedBytes, report.deadBytes) = view.sizes
        var shelf = ObjectShelf(seal, transport, there: view.listing.objects)
        let versions = view.state.versions
        report.items = versions.count
        for (item, version) in versions {
            do throws(CopyError) {
                try await check(version, of: item, &shelf, isDeep, &report)
            } catch {
                switch error {
                case .damaged, .locked, .newer: report.damagedItems.append(item)
                default: throw error
                }
            }
        }
        report.objects = view.state.live.count
        report.damagedItems = Set(report.damagedItems).sorted()
        return report
    }

    private static func check(
        _ version: ItemVersion, of item: ItemName, _ shelf: inout ObjectShelf, _ isDeep: Bool, _ report: inout Report
    ) async throws(CopyError) {
        try Task.checkCopyCancellation()
        guard let parts = version.parts else {
            throw .damaged(name: "\(item)", reason: "the entry that told where it lies cannot be read")
        }
        var digest = ContentDigest(), length: Int64 = 0
        for part in parts {
            do throws(CopyError) {
                if isDeep {
                    digest.add(try await shelf.bytes(of: part))
                } else if !shelf.there.contains(part.object) {
                    throw .damaged(name: StoredName.object(part.object).text, reason: "it is missing")
                }
            } catch {
                if case .damaged(let name, let reason) = error {
                    report.damaged[name] = reason
                    report.damagedObjects.insert(part.object)
                }
                throw error
            }
            length += Int64(part.length)
        }
        guard length == version.bytes, !isDeep || digest.text == version.digest else {
            throw .damaged(name: "\(item)", reason: "its bytes are not those of its SHA-256")
        }
    }
}

extension CopyState {
    /// Everything that any host has, what lies in one object behind each other.
    fileprivate var versions: [(ItemName, ItemVersion)] {
        items.flatMap { name, record in record.versions.values.map { (name, $0) } }.filter { !$0.1.isRemoval }
            .sorted { one, other in
                (one.1.parts?.first?.object ?? "", one.0, one.1.host)
                    < (other.1.parts?.first?.object ?? "", other.0, other.1.host)
            }
    }
}

extension CopyView {
    var damagedEntries: [String] {
        troubles.filter { if case .damaged = $0.value { true } else { false } }.map(\.key.text).sorted()
    }

    private static let mostGaps = 100

    /// Of each host, the first numbers that its journal lacks. A journal begins with 1, or with what voids all before.
    var gaps: [String: [Int]] {
        var numbers: [String: Set<Int>] = [:]
        for case .entry(let folder, let number, _) in listing.entries { numbers[folder, default: []].insert(number) }
        var gaps: [String: [Int]] = [:]
        for host in state.hosts.keys {
            let all = seal.names(of: host).reduce(into: Set<Int>()) { $0.formUnion(numbers[$1] ?? []) }
            guard let last = all.max() else { continue }
            let first = max(state.voided[host] ?? 1, 1)
            let missing = (first..<max(first, last)).lazy.filter { !all.contains($0) }.prefix(Self.mostGaps)
            if !missing.isEmpty { gaps[host] = Array(missing) }
        }
        return gaps
    }
}
