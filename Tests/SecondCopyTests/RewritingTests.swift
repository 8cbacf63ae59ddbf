import Domain
import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// Cutting the history of a copy in a folder.
struct RewritingTests {
    private var house: CopyHouse
    private let source = HeldItems()

    init() throws { house = try CopyHouse() }

    private func held() -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: source.items.map { ("\($0.key)", $0.value.bytes) })
    }

    private func changed(_ turns: Range<Int>, _ sync: CopySync) async {
        for turn in turns {
            source.put(.binding, "x", .replaced, "at turn \(turn)")
            source.put(.conversation, "\(turn)", .replaced, "said at turn \(turn)")
            _ = await sync.round()
        }
    }

    @Test func whatNobodyWantsAnyMoreIsGone() async throws {
        let sync = try house.host("a", source)
        await changed(0..<6, sync)
        for turn in 0..<6 { source.remove(.conversation, "\(turn)") }
        _ = await sync.round()
        let before = try house.files().count, sizes = await sync.sizes
        #expect(sizes.dead > 0 && sizes.stored > sizes.dead)
        #expect(await sync.round(.rewriting).done?.isRewritten == true)
        let after = await sync.sizes, hosts = await sync.hosts
        #expect(after.dead == 0 && after.stored == sizes.stored - sizes.dead)
        #expect(hosts.keys.sorted() == ["a"] && hosts["a"]?.version == Holdfast.version)
        // The marker, one object, one entry.
        #expect(try house.files().count == 3 && before > 10)
        #expect(try await house.clone().0.items == held())
        // It is known by whoever comes anew, and nothing is sent again.
        #expect(try await house.host("a", source).round().done?.sentItems == 0)
        #expect(try await sync.check(isDeep: true).isSound)
    }

    @Test func aLongJournalIsSaidAnewInFewEntries() async throws {
        var house = house
        house.options.mostEntries = 4
        let sync = try house.host("a", source)
        await changed(0..<20, sync)
        #expect(try house.files().count { $0.hasPrefix("hosts/") } <= 5)
        #expect(try await house.clone().0.items == held())
    }

    @Test func manySmallObjectsBecomeFewLargeOnes() async throws {
        var house = house
        house.options.objectLimit = 1 << 20
        house.options.mostSmallObjects = 10
        let sync = try house.host("a", source)
        await changed(0..<30, sync)
        for _ in 0..<3 { _ = await sync.round() }
        #expect(try house.files().count { $0.hasPrefix("objects/") } <= 22, "live and dead ones")
        #expect(await sync.round(.rewriting).done?.isRewritten == true)
        #expect(try house.files().count { $0.hasPrefix("objects/") } <= 11)
        #expect(try await house.clone().0.items == held())
        #expect(await sync.round().done?.sentItems == 0)
    }

    @Test func whatAKilledProcessBeganIsTidiedUp() async throws {
        let sync = try house.host("a", source)
        await changed(0..<2, sync)
        let object = try #require(try house.files().first { $0.hasPrefix("objects/") })
        try Files.write("half", to: "\(house.copy)/\(object).1-2.tmp")
        _ = await sync.round(.forced)
        #expect(try house.files().contains("\(object).1-2.tmp"), "another host may be at it")
        _ = await sync.round(.rewriting)
        #expect(try !house.files().contains { $0.hasSuffix(".tmp") })
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatWasJustStoredByAnotherIsNotTakenForDead() async throws {
        let young = FolderTransport(house.copy)
        let sync = try house.host("a", source, young)
        await changed(0..<3, sync)
        // No entry names it yet.
        let file = try house.seal.closed(Array("of another host".utf8))
        try await young.store(.object(file.name), file.bytes)
        _ = await sync.round(.rewriting)
        #expect(try house.files().contains(StoredName.object(file.name).text))
    }

    @Test func whatCannotBeReadIsNotTakenForDead() async throws {
        let other = HeldItems(), otherSeal = Seal(CopyKey.testing(2, 1))
        other.put(.binding, "other", .replaced, "of a host with a newer key")
        let sync = try house.host("a", source)
        await changed(0..<3, sync)
        _ = try await house.host("b", other, seal: otherSeal).round()
        let files = try house.files()
        let figures = await sync.round(.rewriting).done
        #expect(figures?.isRewritten == false && figures?.lockedMarks == [otherSeal.marks[0]])
        #expect(try house.files() == files)
    }

    /// Killed at any step of it, nothing that was told is untold.
    @Test func itMayBeBrokenOffAnywhere() async throws {
        for step in 0..<16 {
            var house = try CopyHouse()
            house.options.mostChanges = 2
            let cutting = CuttingTransport(house.folder)
            let sync = try house.host("a", source, cutting)
            for _ in 0..<12 where await sync.round(.forced).done?.isComplete != true {}
            await changed(0..<3, sync)
            for _ in 0..<12 where await sync.round(.forced).done?.isComplete != true {}
            #expect(try await house.clone().0.items == held())
            // The look comes first.
            cutting.cut(after: 2 + step)
            _ = await sync.round(.rewriting)
            #expect(try await house.clone().0.items == held(), "at step \(step)")
            cutting.mend()
            #expect(try await house.host("a", source).round(.rewriting).done != nil)
            #expect(try await house.clone().0.items == held())
            #expect(try await CopyCheck.run(of: house.folder, house.seal, isDeep: true).isSound, "at step \(step)")
        }
    }
}
