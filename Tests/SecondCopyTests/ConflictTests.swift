import Domain
import TestSupport
import Testing

@testable import SecondCopy

/// Two hosts that do not agree, from the first look to a person's word.
struct ConflictTests {
    private let house: CopyHouse
    private let one = HeldItems(), other = HeldItems()
    private let first: CopySync, second: CopySync
    private let item = ItemName(.binding, "coder/issue-1")

    init() throws {
        house = try CopyHouse()
        first = try house.host("one", one)
        second = try house.host("other", other)
    }

    private func bind(_ host: HeldItems, _ text: String, at milliseconds: Int64) {
        host.put(.binding, "coder/issue-1", .replaced, text, at: milliseconds)
    }

    /// Both had the same, then each changed it.
    private func disagree() async {
        bind(one, "both", at: 1)
        bind(other, "both", at: 1)
        _ = await first.round(nowMilliseconds: 1_000)
        let agreed = await second.round(nowMilliseconds: 1_000).done
        #expect(agreed?.comparedItems == 1 && agreed?.conflicts == 0)
        bind(one, "one's", at: 5)
        bind(other, "other's", at: 9)
        _ = await first.round(nowMilliseconds: 2_000)
        #expect(await second.round(nowMilliseconds: 3_000).done?.comparedItems == 1)
    }

    private func back() async throws -> (String?, [String]) {
        let (sink, report) = try await house.clone()
        #expect(report.isWhole)
        return (
            sink.items["\(item)"].map { String(decoding: $0, as: UTF8.self) },
            sink.beside.map { String(decoding: $0, as: UTF8.self) }
        )
    }

    @Test func theYoungerComesBackAndTheConflictIsWrittenDown() async throws {
        await disagree()
        #expect(try await back() == ("other's", []))
        // Whoever looks next writes down what it saw.
        #expect(await first.round(nowMilliseconds: 4_000).done?.conflicts == 1)
        let conflicts = try await second.conflicts()
        #expect(conflicts.count == 1 && conflicts[0].seenMilliseconds == 4_000 && conflicts[0].rule == .younger)
        #expect(conflicts[0].sides.map(\.hosts) == [["other"], ["one"]])
        #expect(try await first.conflicts() == conflicts)
        // It is written down once.
        let files = try house.files()
        _ = await first.round(nowMilliseconds: 5_000)
        _ = await second.round(nowMilliseconds: 5_000)
        #expect(try house.files() == files)
    }

    @Test(
        arguments: [
            (ConflictChoice.local, "one's", []), (.remote, "other's", []), (.both, "other's", ["one's"]),
        ] as [(ConflictChoice, String, [String])])
    func whatAPersonDecidesHolds(_ choice: ConflictChoice, _ wanted: String, _ beside: [String]) async throws {
        await disagree()
        let id = try #require(try await first.conflicts().first?.id)
        try await first.resolve(id, keep: choice)
        #expect(try await second.conflicts().isEmpty)
        #expect(try await back() == (wanted, beside))
        // Also when both have said all of theirs anew.
        for host in [first, second, first] { #expect(await host.round(.rewriting).done?.isRewritten == true) }
        #expect(try await house.host("one", one).conflicts().isEmpty)
        #expect(try await back() == (wanted, beside))
        await #expect(throws: CopyError.self) { try await first.resolve(id, keep: .local) }
    }

    @Test func whatIsNoConflictCannotBeDecided() async throws {
        await disagree()
        await #expect(throws: CopyError.self) { try await first.resolve("nonsense", keep: .local) }
        let third = try house.host("third", HeldItems())
        let id = try #require(try await third.conflicts().first?.id)
        await #expect(throws: CopyError.self) { try await third.resolve(id, keep: .local) }
        try await third.resolve(id, keep: .remote)
        #expect(try await back() == ("other's", []))
    }

    @Test func whoIsBehindIsNoConflictAfterTheOtherSaidAllAnew() async throws {
        bind(one, "both", at: 1)
        bind(other, "both", at: 1)
        _ = await first.round()
        _ = await second.round()
        for turn in 2...5 {
            bind(one, "\(turn)", at: Int64(turn))
            _ = await first.round()
        }
        #expect(await first.round(.rewriting).done?.isRewritten == true)
        #expect(try await house.host("fresh", HeldItems()).conflicts().isEmpty)
        #expect(try await back() == ("5", []))
    }

    @Test func whatOneHostRemovedStaysRemovedAfterItSaidAllAnew() async throws {
        bind(one, "both", at: 1)
        bind(other, "both", at: 1)
        _ = await first.round()
        _ = await second.round()
        one.remove(.binding, "coder/issue-1")
        _ = await first.round()
        #expect(try await back() == (nil, []))
        #expect(await first.round(.rewriting).done?.isRewritten == true)
        #expect(try await back() == (nil, []))
    }
}
