import Testing

@testable import SecondCopy

/// Journals as they are told, folded.
struct JournalTests {
    private static let object = String(repeating: "a", count: 64)
    private static func digest(_ text: String) -> String { ContentDigest.text(of: Array(text.utf8)) }
    private static let item = ItemName(.vault, "p")

    /// An item that grows by a byte.
    private static func entry(_ number: Int, _ text: String, after base: String?) -> JournalEntry {
        var entry = JournalEntry(host: "a", number: number, timeMilliseconds: Int64(number))
        entry.changes = [
            ItemChange(
                kind: .vault, name: "p", nature: .growing, revision: "\(number)", digest: digest(text),
                bytes: Int64(text.utf8.count), changedMilliseconds: 0, bases: base.map { [digest($0)] } ?? [],
                continues: base != nil, parts: [ItemPart(object: object, offset: number, length: 1)])
        ]
        return entry
    }

    private static let told = [entry(1, "x", after: nil), entry(2, "xy", after: "x"), entry(3, "xyz", after: "xy")]

    @Test func whatGrowsIsPutTogetherFromWhatWasToldOfIt() {
        let version = CopyState(folding: Self.told.reversed()).version(of: Self.item, on: "a")
        #expect(version?.bytes == 3 && version?.parts?.map(\.offset) == [1, 2, 3])
    }

    @Test(arguments: [0, 1]) func whatGoesOnFromWhatIsNotThereLiesNowhere(_ missing: Int) {
        var told = Self.told
        told.remove(at: missing)
        let version = CopyState(folding: told).version(of: Self.item, on: "a")
        #expect(version?.digest == Self.digest("xyz") && version != nil && version?.parts == nil)
    }

    /// However much a host has to say anew, each entry stays small, and the last voids those before.
    @Test func whatIsSaidAnewIsSaidInEntriesThatCanBeOpened() throws {
        var entry = JournalEntry(host: "a", number: 7, timeMilliseconds: 0)
        let parts = (0..<90).map { ItemPart(object: Self.object, offset: $0, length: 1) }
        entry.changes = (0..<20).map { number in
            ItemChange(
                kind: .vault, name: "\(number)", nature: .growing, revision: "", digest: Self.digest("\(number)"),
                bytes: 90, changedMilliseconds: 0, bases: [], continues: false, parts: parts)
        }
        var view = CopyView(.testing)
        view.take(entry, as: try entry.closed(by: .testing).name)
        let summary = view.summary(of: "a", from: 8, 100, at: 5)
        #expect(summary.map(\.number) == Array(8..<8 + summary.count) && summary.count == 7)
        #expect(summary.allSatisfy { (1...3).contains($0.changes.count) })
        #expect(summary.map(\.voidsBefore) == Array(repeating: nil, count: 6) + [8])
        #expect(CopyState(folding: summary).items == view.state.items)
        #expect(CopyView(.testing).summary(of: "a", from: 1, 100, at: 5).count == 1)
    }

    @Test func anEntryComesBackAsItWasWritten() throws {
        var entry = Self.told[1]
        entry.resolutions = [
            Resolution(
                id: "i", kind: .binding, name: "ä \u{0} \"x\"", kept: ["", "b"], sides: ["b"], host: "a",
                timeMilliseconds: 1 << 50)
        ]
        entry.conflicts = [
            NotedConflict(id: "i", kind: .block, name: "n", rule: .integrity, digests: ["a"], timeMilliseconds: 5)
        ]
        entry.objects = [StoredObject(name: Self.object, bytes: 1 << 40)]
        entry.voidsBefore = 2
        let file = try entry.closed(by: .testing)
        guard case .entry(let folder, let number, let object) = file.name else { return }
        #expect(number == 2 && !file.name.text.contains("a/00000002-\(Self.object)"))
        #expect(
            try JournalEntry(opening: file.bytes, folder: folder, number: number, object: object, by: .testing) == entry
        )
    }

    @Test(arguments: [
        ItemPart(object: "../../etc/passwd", offset: 0, length: 1), ItemPart(object: object, offset: -1, length: 1),
        ItemPart(object: object, offset: 0, length: .max), ItemPart(object: object, offset: 1 << 26, length: 1),
    ])
    func whatCannotBeIsNotTakenIn(_ part: ItemPart) throws {
        var entry = Self.told[0]
        entry.changes[0].parts = [part]
        let file = try entry.closed(by: .testing)
        guard case .entry(let folder, let number, let object) = file.name else { return }
        #expect(throws: CopyError.self) {
            try JournalEntry(opening: file.bytes, folder: folder, number: number, object: object, by: .testing)
        }
    }
}
