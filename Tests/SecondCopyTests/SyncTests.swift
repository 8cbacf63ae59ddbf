import Domain
import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// Rounds into a folder, and what comes back of them.
struct SyncTests {
    private let house: CopyHouse
    private let source = HeldItems()

    init() throws { house = try CopyHouse() }

    private func held() -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: source.items.map { ("\($0.key)", $0.value.bytes) })
    }

    @Test func whatIsSentComesBack() async throws {
        source.put(.block, "1", .immutable, String(repeating: "block ", count: 3000))
        source.put(.vault, "a/1.pack", .growing, "pack")
        source.put(.binding, "coder/issue-1", .replaced, "bound")
        source.put(.tombstone, "empty", .replaced, "")
        let figures = try #require(await house.host("a", source).round().done)
        #expect(figures.sentItems == 4 && figures.isComplete && figures.lackingItems == 0)
        let (sink, report) = try await house.clone()
        #expect(sink.items == held())
        #expect(report.isWhole && report.items == 4 && report.hosts == ["a"])
    }

    @Test func whatDidNotChangeIsNotRead() async throws {
        source.put(.block, "1", .immutable, "one")
        let sync = try house.host("a", source)
        _ = await sync.round()
        let files = try house.files()
        _ = source.readBytes()
        #expect(await sync.round().done?.sentItems == 0)
        // A companion that was started anew knows it from the journal.
        #expect(try await house.host("a", source).round().done?.sentItems == 0)
        #expect(source.readBytes() == 0)
        #expect(try house.files() == files)
    }

    @Test func nobodyIsAskedWhereNothingChanged() async throws {
        let transport = CuttingTransport(house.folder)
        let sync = try house.host("a", source, transport)
        #expect(await sync.round(.unchanged).done != nil, "the first time somebody has to be asked")
        transport.cut(after: 0)
        #expect(await sync.round(.unchanged) == .idle)
        #expect(try await house.host("a", source, transport).round(.unchanged) == .idle)
    }

    @Test func ofWhatGrowsOnlyTheEndIsSent() async throws {
        source.put(.vault, "p", .growing, String(repeating: "x", count: 3000))
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.put(.vault, "p", .growing, String(repeating: "x", count: 3000) + "the end")
        let figures = await sync.round().done
        #expect(figures?.sentBytes == 7)
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatWasToGrowAndIsAnotherIsSentWhole() async throws {
        source.put(.vault, "p", .growing, String(repeating: "x", count: 3000))
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.put(.vault, "p", .growing, "another beginning" + String(repeating: "y", count: 4000))
        #expect(await sync.round().done?.sentBytes == 4017)
        source.put(.vault, "p", .growing, "short")
        #expect(await sync.round().done?.sentBytes == 5)
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatGrewInManyStepsIsSentWholeNowAndThen() async throws {
        var house = house
        house.options.mostParts = 3
        let sync = try house.host("a", source)
        var text = "", sent: [Int64?] = []
        for turn in 0..<5 {
            text += "\(turn)"
            source.put(.vault, "p", .growing, text)
            sent.append(await sync.round().done?.sentBytes)
        }
        #expect(sent == [1, 1, 1, 4, 1])
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatIsTouchedAndTheSameCostsNoObject() async throws {
        source.put(.binding, "x", .replaced, "same")
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.put(.binding, "x", .replaced, "same", at: 5_000)
        #expect(await sync.round().done?.storedBytes == 0)
        #expect(await sync.round().done?.sentItems == 0)
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatIsLargeGoesInPiecesThatAreEachThereForGood() async throws {
        var house = house
        house.options.budget = 1000
        for number in 0..<10 {
            source.put(.block, "\(number)", .immutable, String(repeating: "\(number)", count: 400), at: Int64(number))
        }
        let sync = try house.host("a", source)
        let first = try #require(await sync.round().done)
        #expect(first.sentItems == 3 && !first.isComplete && first.lackingItems == 7)
        #expect(first.oldestLackingMilliseconds == 3, "the oldest goes first")
        #expect(try await house.clone().0.items.count == 3)
        var rounds = 1
        while await sync.round().done?.isComplete == false { rounds += 1 }
        #expect(rounds < 5)
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatIsForgottenGoesFirst() async throws {
        var house = house
        house.options.mostChanges = 1
        source.put(.block, "1", .immutable, "old", at: 1)
        source.put(.tombstone, "t", .replaced, "forgotten", at: 99)
        _ = try await house.host("a", source).round()
        #expect(try await house.clone().0.items.keys.sorted() == ["tombstone t"])
    }

    @Test func whatChangesWhileItIsReadWaitsAndHoldsUpNothing() async throws {
        source.put(.conversation, "1", .replaced, "settled")
        source.put(.conversation, "2", .replaced, "restless")
        source.shorten(.conversation, "2")
        let sync = try house.host("a", source)
        let figures = try #require(await sync.round().done)
        #expect(figures.sentItems == 1 && figures.restlessItems == 1 && figures.lackingItems == 1)
        source.shorten(.conversation, "2", false)
        #expect(await sync.round(.unchanged).done?.sentItems == 1, "what is lacking is not idle")
        #expect(try await house.clone().0.items == held())
    }

    @Test func whatIsRemovedOnPurposeIsGone() async throws {
        source.put(.conversation, "1", .replaced, "one")
        source.put(.conversation, "2", .replaced, "two")
        let sync = try house.host("a", source)
        _ = await sync.round()
        source.remove(.conversation, "1")
        #expect(await sync.round().done?.removedItems == 1)
        #expect(try await house.clone().0.items == held())
        source.put(.conversation, "1", .replaced, "one again")
        _ = await sync.round()
        #expect(try await house.clone().0.items == held())
    }

    /// A host whose disk was emptied must not empty the copy.
    @Test func whatLooksLikeALossIsWithheld() async throws {
        for number in 0..<40 { source.put(.block, "\(number)", .immutable, "block \(number)") }
        let sync = try house.host("a", source), all = held()
        _ = await sync.round()
        source.removeAll(.block)
        let figures = try #require(await sync.round().done)
        #expect(figures.withheldRemovals == 40 && figures.removedItems == 0)
        #expect(try await house.clone().0.items == all)
        #expect(await sync.round(.emptying).done?.removedItems == 40)
        #expect(try await house.clone().0.items.isEmpty)
    }

    @Test func whatASourceCannotTellRemovesNothing() async throws {
        source.put(.block, "1", .immutable, "one")
        let sync = try house.host("a", source), all = held()
        _ = await sync.round()
        source.fail(.unavailable(reason: "no database"))
        #expect(await sync.round(.forced).error == .unavailable(reason: "no database"))
        #expect(try await house.clone().0.items == all)
    }

    @Test func afterAFailureItIsTriedLaterAndThatSurvivesARestart() async throws {
        source.put(.block, "1", .immutable, "one", at: 7)
        let transport = CuttingTransport(house.folder)
        transport.cut(after: 2)
        let sync = try house.host("a", source, transport)
        #expect(await sync.round(nowMilliseconds: 1_000_000).error == .cut(reason: "by the test"))
        let next = try #require(await sync.status.nextTryMilliseconds)
        #expect((1_004_000...1_006_000).contains(next))
        #expect(await sync.status.oldestLackingMilliseconds == 7)
        transport.mend()
        let again = try house.host("a", source, transport)
        #expect(await again.status.failures == 1)
        #expect(await again.round(nowMilliseconds: next - 1) == .waiting(untilMilliseconds: next))
        #expect(await again.round(nowMilliseconds: next).done?.sentItems == 1)
        #expect(await again.status.isSettled)
    }

    @Test func aHostThatHasNothingYetHasBegunNothing() async throws {
        let sync = try house.host("a", source)
        #expect(await sync.round().done != nil)
        #expect(await sync.round().done != nil, "an empty folder is not one that went away")
        source.put(.block, "1", .immutable, "the first")
        #expect(await sync.round().done?.sentItems == 1)
    }

    @Test func twoProcessesOfAHostDoNotSendAtOnce() async throws {
        guard let lock = try FileLock.take(house.scratch.path + "/a.json.lock") else {
            Issue.record("nobody else has the lock")
            return
        }
        #expect(try await house.host("a", source).round() == .busy)
        try lock.write("held to here")
    }

    @Test func nothingGoesOutPlainUnlessThePlaceTakesIt() async throws {
        #expect(throws: CopyError.self) { try house.host("a", source, seal: .plain) }
        let open = FolderTransport(house.copy, takesPlain: true)
        source.put(.block, "1", .immutable, "plain words")
        #expect(try await house.host("a", source, open, seal: .plain).round().done?.sentItems == 1)
        #expect(try await house.clone(open, seal: .plain).0.items == held())
        #expect(try await house.host("b", source, open).round().error?.isLocked == true, "no mixing")
    }
}

extension CopyError {
    var isLocked: Bool { if case .locked = self { true } else { false } }
    var isForeign: Bool { if case .foreign = self { true } else { false } }
    var isDamaged: Bool { if case .damaged = self { true } else { false } }
    var isUnreachable: Bool { if case .unreachable = self { true } else { false } }
}
