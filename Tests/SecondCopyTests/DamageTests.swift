import Domain
import Glibc
import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// Whatever is wrong with what is stored: it is named, it takes nothing else along, and the next round mends what it can.
struct DamageTests {
    private let house: CopyHouse
    private let source = HeldItems()

    init() throws {
        house = try CopyHouse()
        for number in 0..<20 { source.put(.block, "\(number)", .immutable, "block \(number) " + words(number)) }
        source.put(.binding, "x", .replaced, "bound")
    }

    private func words(_ number: Int) -> String { String(repeating: "\(number * 7919) ", count: 60) }

    private func held() -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: source.items.map { ("\($0.key)", $0.value.bytes) })
    }

    private func files(_ prefix: String) throws -> [String] { try house.files().filter { $0.hasPrefix(prefix) } }

    private func flip(_ file: String, _ place: Int) throws {
        var bytes = try Files.bytes("\(house.copy)/\(file)", limit: 1 << 20)
        bytes[place % bytes.count] ^= 4
        try Files.write(bytes, to: "\(house.copy)/\(file)")
    }

    @Test(arguments: [0, 7, 20, 40, -1]) func aFlippedByteOfAnObjectIsNamedAndMended(_ place: Int) async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        let object = try #require(try files("objects/").first)
        try flip(object, place < 0 ? 100_000 : place)
        let (sink, report) = try await house.clone()
        #expect(!report.failures.isEmpty && report.failures.count < 21)
        #expect(sink.items.count + report.failures.count == 21)
        #expect(sink.items.allSatisfy { held()[$0.key] == $0.value })

        let check = try await sync.check(isDeep: true)
        #expect(check.damaged.keys.sorted() == [object] && check.damagedItems.count == report.failures.count)
        #expect(await sync.round(.unchanged).done?.sentItems == check.damagedItems.count)
        #expect(try await house.clone().0.items == held())
        #expect(try await CopyCheck.run(of: house.folder, house.seal, isDeep: true).isSound)
    }

    @Test func anObjectThatIsGoneIsSentAnewByItself() async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        for object in try files("objects/") { Files.remove("\(house.copy)/\(object)") }
        let check = try await CopyCheck.run(of: house.folder, house.seal, isDeep: false)
        #expect(!check.isSound && check.damagedItems.count == 21)
        #expect(await sync.round().done?.sentItems == 21)
        #expect(try await house.clone().0.items == held())
    }

    @Test func anEntryThatIsGoneIsToldAndSentAnew() async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.put(.binding, "x", .replaced, "bound anew")
        _ = await sync.round()
        source.put(.binding, "y", .replaced, "bound, too")
        _ = await sync.round()
        Files.remove(house.copy + "/" + (try files("hosts/")[1]))
        let check = try await CopyCheck.run(of: house.folder, house.seal, isDeep: false)
        #expect(check.gaps == ["a": [2]])
        _ = await sync.round()
        #expect(try await house.clone().0.items == held())
        // One that was started anew finds the same.
        _ = try await house.host("a", source).round()
        #expect(try await house.clone().0.items == held())
    }

    @Test func anEntryThatIsDamagedIsNamedAndSentAnew() async throws {
        _ = try await house.host("a", source).round()
        let entry = try files("hosts/")[0]
        try flip(entry, 50)
        let (sink, report) = try await house.clone()
        #expect(report.damagedEntries == [entry] && !report.isWhole && sink.items.isEmpty)
        let figures = try await house.host("a", source).round().done
        #expect(figures?.sentItems == 21 && figures?.damagedEntries == 1)
        #expect(try await house.clone().0.items == held())
    }

    @Test func aMarkerThatIsGoneComesBack() async throws {
        _ = try await house.host("a", source).round()
        Files.remove(house.copy + "/holdfast-copy")
        #expect(try await house.clone().0.items == held())
        #expect(try await house.host("a", source).round().done != nil)
        #expect(try house.files().contains("holdfast-copy"))
        #expect(try await house.host("b", HeldItems()).round().done != nil)
    }

    /// Beside what is somebody else's nobody knows whose it is.
    @Test func aMarkerThatIsDamagedIsToldAndComesBackAmongOurs() async throws {
        _ = try await house.host("a", source).round()
        try Files.write("rubbish", to: house.copy + "/holdfast-copy")
        try Files.write("theirs", to: house.copy + "/thesis.txt")
        #expect(try await house.host("b", HeldItems()).round().error?.isForeign == true)
        await #expect(throws: CopyError.self) { try await house.clone() }
        Files.remove(house.copy + "/thesis.txt")
        #expect(try await house.clone().0.items == held())
        #expect(try await house.host("a", source).round().done != nil)
        #expect(try Files.read(house.copy + "/holdfast-copy").contains("sealed"))
    }

    @Test func anotherHostsDamageIsNotOurs() async throws {
        let other = HeldItems()
        other.put(.binding, "other", .replaced, "of another host")
        _ = try await house.host("b", other).round()
        try flip(try files("hosts/")[0], 50)
        #expect(try await house.host("a", source).round().done?.damagedEntries == 1)
        #expect(try await house.clone().0.items == held())
    }

    /// Whoever may write to the place puts an older file, or another host's, where one of ours was.
    @Test func whatLiesInAnotherPlaceIsNotBelieved() async throws {
        _ = try await house.host("a", source).round()
        let entry = try files("hosts/")[0]
        guard case .entry(_, _, let object)? = StoredName(entry) else { return }
        let folder = String(entry.split(separator: "/")[1])
        let moved = StoredName.entry(folder: folder, number: 5, object: object).text
        #expect(Files.rename("\(house.copy)/\(entry)", to: "\(house.copy)/\(moved)"))
        let report = try await house.clone().1
        #expect(report.damagedEntries == [moved])
    }

    /// A name says nothing of how far a journal goes.
    @Test func aNameThatWouldEndTheJournalDoesNot() async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        let folder = try #require(try files("hosts/").first).split(separator: "/")[1]
        let object = String(repeating: "a", count: 64)
        let last = StoredName.entry(folder: String(folder), number: 99_999_999, object: object)
        try await house.folder.store(last, Array("rubbish".utf8))
        source.put(.binding, "x", .replaced, "more")
        #expect(await sync.round().done?.sentItems == 1)
        #expect(try await house.clone().0.items == held())
        #expect(try await sync.check(isDeep: false).gaps["a"]?.count == 100)
    }

    /// A journal that tells another thing than what is stored: by a fault of ours, since nobody else can write one.
    @Test func whatIsToldWronglyDoesNotComeBack() async throws {
        let object = try house.seal.closed(Array("what is stored".utf8))
        try await house.folder.store(.marker, CopyMarker(isSealed: true).bytes)
        try await house.folder.store(.object(object.name), object.bytes)
        var entry = JournalEntry(host: "a", number: 1, timeMilliseconds: 0)
        let right = ContentDigest.text(of: Array("what is".utf8)), wrong = ContentDigest.text(of: [])
        for (name, digest, bytes, offset, length) in [
            ("right", right, 7, 0, 7), ("digest", wrong, 7, 0, 7), ("longer", right, 9, 0, 7),
            ("shifted", right, 7, 1, 7),
            ("beyond", right, 7, 9, 7),
        ] as [(String, String, Int64, Int, Int)] {
            entry.changes.append(
                ItemChange(
                    kind: .block, name: name, nature: .immutable, revision: "", digest: digest, bytes: bytes,
                    changedMilliseconds: 0, bases: [], continues: false,
                    parts: [ItemPart(object: object.name, offset: offset, length: length)]))
        }
        let file = try entry.closed(by: house.seal)
        try await house.folder.store(file.name, file.bytes)
        let (sink, report) = try await house.clone()
        #expect(sink.all.keys.sorted() == ["block right"] && report.failures.count == 4)
        let check = try await CopyCheck.run(of: house.folder, house.seal, isDeep: true)
        #expect(check.damagedItems.map(\.name) == ["beyond", "digest", "longer", "shifted"])
    }

    @Test(arguments: [
        "notes.txt", "objects/notes.txt", "objects/ab/notes.txt", "hosts/mine/notes.txt", "a/b/notes.txt",
    ])
    func aFolderOfSomebodyElseIsNotTouched(_ name: String) async throws {
        try house.scratch.write("my own notes", to: "copy/" + name)
        #expect(try await house.host("a", source).round().error?.isForeign == true)
        #expect(try house.files() == [name])
    }

    @Test func whatSomebodyPutsBesideItLaterIsLeftAlone() async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        try Files.write("what a desktop leaves behind", to: house.copy + "/.DS_Store")
        source.put(.binding, "x", .replaced, "more")
        #expect(await sync.round().done?.sentItems == 1)
        #expect(try await CopyCheck.run(of: house.folder, house.seal, isDeep: true).strangers == [".DS_Store"])
    }

    /// What was begun is known for ours, whatever comes to lie beside it.
    @Test func aRoundThatWasCutLeavesNothingThatLooksForeign() async throws {
        for step in 0..<8 {
            let house = try CopyHouse(), cutting = CuttingTransport(house.folder)
            cutting.cut(after: step)
            #expect(try await house.host("a", source, cutting).round().error != nil)
            if try house.files().isEmpty { continue }
            try Files.write("what a desktop leaves behind", to: house.copy + "/.DS_Store")
            #expect(try await house.host("a", source).round(.forced).done != nil, "at step \(step)")
        }
    }

    @Test func aDiskThatIsNotThereIsNoEmptyOne() async throws {
        let sync = try house.host("a", source)
        _ = await sync.round()
        #expect(Files.rename(house.copy, to: house.scratch.path + "/away"))
        #expect(await sync.round(.forced).error?.isUnreachable == true)
        try Files.makeFolder(house.copy)
        #expect(await sync.round(.forced).error?.isUnreachable == true, "the folder on which it is mounted is there")
        #expect(try house.files().isEmpty)
        var anew = SyncRequest.forced
        anew.startsAnew = true
        #expect(await sync.round(anew).done?.sentItems == 21)
    }

    @Test func aNewerCopyIsLeftAlone() async throws {
        _ = try await house.host("a", source).round()
        let marker = #"{"format":2,"sealed":true}"#
        try Files.write(marker, to: house.copy + "/holdfast-copy")
        #expect(try await house.host("b", source).round().error == .newer(format: 2, known: 1))
        try Files.write(#"{"format":1,"sealed":true}"#, to: house.copy + "/holdfast-copy")

        var entry = JournalEntry(host: "c", number: 1, timeMilliseconds: 0)
        entry.format = 7
        let file = try entry.closed(by: house.seal)
        try await house.folder.store(file.name, file.bytes)
        let before = try house.files()
        #expect(try await house.host("b", source).round(.forced).error == .newer(format: 7, known: 1))
        #expect(try house.files() == before)
    }

    @Test func whatWasDamagedBeforeItGrewTakesNoWholeOnesPlace() async throws {
        source.put(.vault, "pack", .growing, "as it was written")
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.put(.vault, "pack", .growing, "as it war written, and more")
        source.damage(.vault, "pack")
        #expect(await sync.round(.forced).done?.lackingItems == 1)
        #expect(try await house.clone().0.items["vault pack"] == Array("as it was written".utf8))
        source.put(.vault, "pack", .growing, "as it was written, and more")
        source.damage(.vault, "pack", false)
        #expect(await sync.round(.forced).done?.lackingItems == 0)
        #expect(try await house.clone().0.items == held())
    }

    @Test func anAlteredMarkOfAnEntryIsNoOtherKey() async throws {
        _ = try await house.host("a", source).round()
        for entry in try files("hosts/") { try flip(entry, 9) }
        let check = try await CopyCheck.run(of: house.folder, house.seal, isDeep: true)
        #expect(check.damaged.keys.sorted() == (try files("hosts/")).sorted() && check.lockedMarks.isEmpty)
        #expect(try await house.host("a", source).round(.forced).done != nil)
        #expect(try await house.clone().0.items == held())
    }

    @Test func anotherKeyIsToldByItsMark() async throws {
        _ = try await house.host("a", source).round()
        let other = Seal(CopyKey.testing(2))
        guard case .locked(_, let marks)? = try await house.host("b", source, seal: other).round().error else {
            Issue.record("it was opened with another key")
            return
        }
        #expect(marks == house.seal.marks)
        await #expect(throws: CopyError.self) { try await house.clone(seal: other) }
    }

    @Test func aRotatedKeyOpensWhatTheOlderClosed() async throws {
        _ = try await house.host("a", source).round()
        let rotated = Seal(CopyKey.testing(2, 1))
        source.put(.binding, "x", .replaced, "with the new key")
        let figures = try await house.host("a", source, seal: rotated).round().done
        #expect(figures?.sentItems == 1)
        #expect(try await house.clone(seal: rotated).0.items == held())
        // Who has the older key alone is told which it lacks, and keeps its own going.
        let behind = HeldItems()
        behind.put(.binding, "behind", .replaced, "of a host without the new key")
        #expect(try await house.host("b", behind).round().done?.lockedMarks == [rotated.marks[0]])
        let (sink, report) = try await house.clone()
        #expect(report.lockedMarks == [rotated.marks[0]] && sink.items["binding x"] == Array("bound".utf8))
    }

    @Test func aCloneThatIsGoneOnWithTakesWhatItLacks() async throws {
        _ = try await house.host("a", source).round()
        let sink = Returned()
        sink.refuse(ItemName(.binding, "x"))
        let report = try await CopyClone.run(from: house.folder, house.seal, into: sink)
        #expect(report.items == 20 && sink.items["binding x"] == nil)
    }

    @Test func aFullDiskIsToldAndGoneOnWith() async throws {
        let transport = FullTransport(house.folder)
        let sync = try house.host("a", source, transport)
        #expect(await sync.round().error == .full(reason: "no room"))
        transport.makeRoom()
        #expect(await sync.round(.forced).done?.sentItems == 21)
    }
}
