import TestSupport
import Testing

@testable import SecondCopy

/// The three-way rule, by journals alone.
struct MergeTests {
    private static func digest(_ text: String) -> String { ContentDigest.text(of: Array(text.utf8)) }

    /// One change of one host. An empty text is a removal.
    private struct Told {
        var host: String
        var text: String
        var after: [String] = []
        var time: Int64 = 0
    }

    private static let part = ItemPart(object: digest("object"), offset: 0, length: 1)

    private static func state(_ kind: CopyKind, _ nature: CopyNature, _ told: [Told]) -> CopyState {
        var numbers: [String: Int] = [:]
        return CopyState(
            folding: told.map { told in
                numbers[told.host, default: 0] += 1
                var entry = JournalEntry(host: told.host, number: numbers[told.host] ?? 0, timeMilliseconds: 0)
                entry.changes = [
                    ItemChange(
                        kind: kind, name: "x", nature: nature, revision: "",
                        digest: told.text.isEmpty ? "" : digest(told.text),
                        bytes: 1, changedMilliseconds: told.time,
                        bases: told.after.map { $0.isEmpty ? "" : digest($0) },
                        continues: false, parts: told.text.isEmpty ? [] : [part])
                ]
                return entry
            })
    }

    private static func merge(_ kind: CopyKind, _ nature: CopyNature, _ told: Told...) throws -> CopyMerge {
        try #require(state(kind, nature, told).merged(ItemName(kind, "x")))
    }

    @Test func equalOnesAgree() throws {
        let merge = try Self.merge(
            .binding, .replaced, Told(host: "a", text: "1", time: 1), Told(host: "b", text: "1", time: 9))
        #expect(merge.winner?.digest == Self.digest("1") && merge.conflict == nil && merge.isCompared)
    }

    @Test func whatCameAfterCountsWhateverTheClocksSay() throws {
        let merge = try Self.merge(
            .binding, .replaced, Told(host: "a", text: "1", time: 900), Told(host: "b", text: "1", time: 900),
            Told(host: "b", text: "2", after: ["1"], time: 5), Told(host: "b", text: "3", after: ["2"], time: 6))
        #expect(merge.winner?.digest == Self.digest("3") && merge.conflict == nil)
    }

    @Test func ofTwoChangesOfOneTheYoungerCountsAndItIsAConflict() throws {
        let merge = try Self.merge(
            .binding, .replaced, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "2", after: ["1"], time: 10), Told(host: "b", text: "3", after: ["1"], time: 20))
        #expect(merge.winner?.digest == Self.digest("3"))
        #expect(merge.conflict?.rule == .younger)
        #expect(merge.conflict?.sides.map(\.hosts) == [["b"], ["a"]])
        #expect(merge.conflict?.sides.map(\.digest) == [Self.digest("3"), Self.digest("2")])
    }

    /// Each came after the other; that is no conflict.
    @Test func whoWentThereAndBackIsYounger() throws {
        let merge = try Self.merge(
            .binding, .replaced, Told(host: "a", text: "1", time: 1), Told(host: "b", text: "1", time: 1),
            Told(host: "b", text: "2", after: ["1"], time: 2), Told(host: "a", text: "2", after: ["1"], time: 3),
            Told(host: "a", text: "1", after: ["2"], time: 4))
        #expect(merge.winner?.digest == Self.digest("1") && merge.conflict == nil)
    }

    @Test func aRemovalCountsOverWhatItCameAfter() throws {
        let merge = try Self.merge(
            .conversation, .replaced, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "", after: ["1"], time: 5))
        #expect(merge.winner == nil && merge.conflict == nil)
    }

    @Test func aRemovalDoesNotCountOverAChangeThatItDidNotKnow() throws {
        let merge = try Self.merge(
            .conversation, .replaced, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "", after: ["1"], time: 50), Told(host: "b", text: "2", after: ["1"], time: 20))
        #expect(merge.winner?.digest == Self.digest("2") && merge.conflict?.rule == .kept)
    }

    @Test func whatOneHostForgotIsForgottenWithWhatTheOtherDid() throws {
        let merge = try Self.merge(
            .tombstone, .replaced, Told(host: "a", text: "1", time: 1), Told(host: "b", text: "2", time: 2))
        #expect(Set([merge.winner?.digest] + merge.beside.map(\.digest)) == [Self.digest("1"), Self.digest("2")])
        #expect(merge.conflict == nil)
    }

    @Test func aTombstoneThatOneHostLostStands() throws {
        let merge = try Self.merge(
            .tombstone, .replaced, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "", after: ["1"], time: 9))
        #expect(merge.winner?.digest == Self.digest("1") && merge.conflict == nil)
    }

    @Test func tidyingUpTakesAwayOnesOwnAlone() throws {
        let merge = try Self.merge(
            .block, .immutable, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "", after: ["1"]))
        #expect(merge.winner?.host == "b" && merge.conflict == nil)
        let none = try Self.merge(
            .block, .immutable, Told(host: "a", text: "1"), Told(host: "a", text: "", after: ["1"]))
        #expect(none.winner == nil)
    }

    @Test func twoContentsOfWhatNeverChangesAreBothKeptAndAConflict() throws {
        let merge = try Self.merge(
            .block, .immutable, Told(host: "a", text: "1", time: 1), Told(host: "b", text: "2", time: 2))
        #expect(merge.winner?.digest == Self.digest("2") && merge.beside.map(\.digest) == [Self.digest("1")])
        #expect(merge.conflict?.rule == .integrity)
    }

    @Test func whoIsBehindIsNoConflictOfWhatGrows() throws {
        let merge = try Self.merge(
            .vault, .growing, Told(host: "a", text: "1"), Told(host: "b", text: "1"),
            Told(host: "a", text: "12", after: ["1"]), Told(host: "a", text: "123", after: ["12"]))
        #expect(merge.winner?.digest == Self.digest("123") && merge.conflict == nil && merge.beside.isEmpty)
    }

    /// Three hosts, each with a change of its own, told in any order.
    @Test func everyHostComesToTheSame() throws {
        let told = [
            Told(host: "a", text: "1"), Told(host: "b", text: "1"), Told(host: "c", text: "1"),
            Told(host: "a", text: "2", after: ["1"], time: 7), Told(host: "b", text: "3", after: ["1"], time: 7),
            Told(host: "c", text: "4", after: ["1"], time: 7),
        ]
        let first = Self.state(.binding, .replaced, told)
        #expect(first.conflicts.count == 1 && first.conflicts[0].sides.count == 3)
        var random = SeededRandom(seed: 5)
        for _ in 0..<20 {
            // The entries of one host keep their order.
            let order = ["a", "b", "c"].shuffled(using: &random)
            let mixed = order.flatMap { host in told.filter { $0.host == host } }
            #expect(Self.state(.binding, .replaced, mixed) == first)
        }
    }

    @Test(arguments: ConflictChoice.allCases) func aPersonDecides(_ choice: ConflictChoice) throws {
        var state = Self.state(
            .binding, .replaced,
            [
                Told(host: "a", text: "1"), Told(host: "b", text: "1"),
                Told(host: "a", text: "2", after: ["1"], time: 10), Told(host: "b", text: "3", after: ["1"], time: 20),
            ])
        let conflict = try #require(state.conflicts.first)
        var entry = JournalEntry(host: "a", number: 3, timeMilliseconds: 30)
        entry.resolutions = [
            Resolution(
                id: conflict.id, kind: .binding, name: "x", kept: try #require(conflict.kept(by: choice, on: "a")),
                sides: conflict.sides.map(\.digest), host: "a", timeMilliseconds: 30)
        ]
        state.apply(entry)
        let merge = try #require(state.merged(ItemName(.binding, "x")))
        #expect(merge.conflict == nil)
        #expect(merge.winner?.digest == Self.digest(choice == .local ? "2" : "3"))
        #expect(merge.beside.map(\.digest) == (choice == .both ? [Self.digest("2")] : []))
    }

    @Test func whatIsChangedAfterADecisionIsAConflictAnewOnlyForWhoLost() throws {
        func resolved(_ more: Told...) throws -> CopyMerge {
            var told = [
                Told(host: "a", text: "1"), Told(host: "b", text: "1"),
                Told(host: "a", text: "2", after: ["1"], time: 10), Told(host: "b", text: "3", after: ["1"], time: 20),
            ]
            told += more
            var state = Self.state(.binding, .replaced, told)
            var entry = JournalEntry(host: "c", number: 1, timeMilliseconds: 30)
            entry.resolutions = [
                Resolution(
                    id: "x", kind: .binding, name: "x", kept: [Self.digest("2")],
                    sides: [Self.digest("3"), Self.digest("2")], host: "c", timeMilliseconds: 30)
            ]
            state.apply(entry)
            return try #require(state.merged(ItemName(.binding, "x")))
        }
        let onward = try resolved(Told(host: "a", text: "4", after: ["2"], time: 40))
        #expect(onward.conflict == nil && onward.winner?.digest == Self.digest("4"))
        let against = try resolved(Told(host: "b", text: "5", after: ["3"], time: 40))
        #expect(against.conflict != nil && against.winner?.digest == Self.digest("5"))
    }
}
