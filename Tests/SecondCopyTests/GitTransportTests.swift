import Domain
import Platform
import Synchronization
import TestSupport
import Testing

@testable import SecondCopy

/// Two hosts and one bare repository, over a path.
struct GitTransportTests {
    private let git: GitHouse
    private let one = HeldItems(), other = HeldItems()

    init() throws {
        git = try GitHouse()
        for number in 0..<5 {
            one.put(
                .block, "one/\(number)", .immutable, "MARIGOLD \(number) " + String(repeating: "\(number)", count: 3000)
            )
            other.put(.block, "other/\(number)", .immutable, "MARIGOLD \(number)" + String(repeating: "x", count: 3000))
        }
        one.put(.vault, "one/p", .growing, "begun")
    }

    private func held() -> [String: [UInt8]] {
        Dictionary(
            uniqueKeysWithValues: (Array(one.items) + Array(other.items)).map { ("\($0.key)", $0.value.bytes) })
    }

    private func expectAllBack() async throws {
        let (sink, report) = try await git.house.clone(git.transport("clone-\(held().count)"))
        #expect(report.isWhole, "\(report)")
        #expect(sink.items == held())
    }

    @Test func whatIsPushedComesBackAndNobodySeesIt() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        let second = try git.house.host("other", other, git.transport("other"))
        #expect(await first.round().done?.sentItems == 6)
        #expect(await second.round().done?.sentItems == 5)
        one.put(.vault, "one/p", .growing, "begun and gone on")
        #expect(await first.round().done?.sentBytes == 12)
        try await expectAllBack()

        let ids = try git.inRemote("rev-list", "--objects", "--no-object-names", "--all").split(separator: "\n")
        let all = try git.inRemote("ls-tree", "-r", "-z", "holdfast").split(separator: "\0")
        #expect(all.count > 4 && ids.count > all.count)
        let shelf = try git.transport("reader")
        let listing = try await shelf.look()
        let names = listing.objects.map { StoredName.object($0) } + listing.entries
        for (name, bytes) in try await shelf.read(names) { Secrecy.expect(bytes, name.text, limit: 4096) }
        #expect(try await CopyCheck.run(of: shelf, git.house.seal, isDeep: true).isSound)
    }

    @Test func aHostDoesNotDownloadWhatOthersStored() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        _ = await first.round()
        other.put(.binding, "x", .replaced, "small")
        for number in 0..<5 { other.remove(.block, "other/\(number)") }
        #expect(try await git.house.host("other", other, git.transport("other")).round().done?.sentItems == 1)
        let listing = try await git.transport("other").look()
        #expect(listing.objects.count > 1)
        #expect(try git.objects(on: "other") == 1, "its own")
    }

    @Test func anIdleRoundStartsNoProgramAndOneWithoutNewsFew() async throws {
        let transport = try git.transport("one")
        let sync = try git.house.host("one", one, transport)
        _ = await sync.round()
        let first = await transport.launches
        #expect(first < 20)
        #expect(await sync.round(.unchanged) == .idle)
        #expect(await transport.launches == first)
        #expect(await sync.round().done?.sentItems == 0)
        #expect(await transport.launches - first <= 2, "fetch, and what it brought")
        one.put(.binding, "x", .replaced, "new")
        let before = await transport.launches
        #expect(await sync.round().done?.sentItems == 1)
        #expect(await transport.launches - before <= 11)
    }

    @Test func twoHostsThatPushAtOnceBothGetThrough() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        let second = try git.house.host("other", other, git.transport("other"))
        for turn in 0..<4 {
            one.put(.binding, "one/\(turn)", .replaced, "one \(turn)")
            other.put(.binding, "other/\(turn)", .replaced, "other \(turn)")
            async let here = first.round(.forced)
            async let there = second.round(.forced)
            let outcomes = await [here, there]
            #expect(outcomes.allSatisfy { $0.done != nil }, "\(outcomes)")
        }
        try await expectAllBack()
    }

    @Test func whoIsLateFetchesAndPushesAgain() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        let late = LateTransport(try git.transport("other"), times: 2) { turn in
            one.put(.binding, "one/\(turn)", .replaced, "meanwhile \(turn)")
            #expect(await first.round(.forced).done?.sentItems ?? 0 > 0)
        }
        let figures = try await git.house.host("other", other, late).round().done
        #expect(figures?.rejections == 2 && figures?.sentItems == 5)
        try await expectAllBack()
    }

    @Test func whoIsAlwaysLateGivesUpForNow() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        let late = LateTransport(try git.transport("other"), times: 99) { turn in
            one.put(.binding, "one/\(turn)", .replaced, "meanwhile \(turn)")
            _ = await first.round(.forced)
        }
        let second = try git.house.host("other", other, late)
        guard case .rejected? = await second.round().error else {
            Issue.record("it was not rejected")
            return
        }
        #expect(await second.status.failures == 1)
        late.calm()
        #expect(await second.round(.forced).done?.sentItems == 5)
        try await expectAllBack()
    }

    /// What was packed goes on from what is not there any more.
    @Test func whoIsLateAndLostItsBranchSendsAll() async throws {
        let calm = LateTransport(try git.transport("one"), times: 0) { _ in }
        #expect(try await git.house.host("one", one, calm).round().done?.sentItems == 6)
        let second = try git.house.host("other", other, git.transport("other"))
        let late = LateTransport(try git.transport("one"), times: 1) { _ in
            _ = try? git.inRemote("update-ref", "-d", "refs/heads/holdfast")
            #expect(await second.round(.forced).done?.sentItems == 5)
        }
        one.put(.vault, "one/p", .growing, "begun and gone on")
        let figures = try await git.house.host("one", one, late).round().done
        #expect(figures?.rejections == 1 && figures?.sentItems == 6)
        try await expectAllBack()
    }

    @Test func cuttingTheHistorySetsRoomFreeAndTheOtherGoesOn() async throws {
        let first = try git.house.host("one", one, git.transport("one"))
        let second = try git.house.host("other", other, git.transport("other"))
        _ = await first.round()
        _ = await second.round()
        for turn in 0..<6 {
            one.put(.binding, "x", .replaced, "\(turn) " + String(repeating: "\(turn)", count: 500))
            _ = await first.round()
        }
        one.remove(.block, "one/0")
        let before = try git.inRemote("ls-tree", "-r", "--name-only", "holdfast").split(separator: "\n").count
        #expect(try git.inRemote("rev-list", "--count", "holdfast") == "8\n")
        #expect(await first.round(.rewriting).done?.isRewritten == true)
        #expect(try git.inRemote("rev-list", "--count", "holdfast") == "1\n")
        let after = try git.inRemote("ls-tree", "-r", "--name-only", "holdfast").split(separator: "\n").count
        #expect(after < before - 8)
        try await expectAllBack()
        // Who has not seen it yet goes on from there; so does who cut it.
        other.put(.binding, "y", .replaced, "after it")
        #expect(await second.round().done?.sentItems == 1)
        one.put(.binding, "x", .replaced, "after it, too")
        #expect(await first.round().done?.sentItems == 1)
        #expect(try git.inRemote("rev-list", "--count", "holdfast") == "3\n")
        try await expectAllBack()
        #expect(try await CopyCheck.run(of: git.transport("check"), git.house.seal, isDeep: true).isSound)
    }

    @Test func theHistoryIsNotCutUnderWhoWasFaster() async throws {
        let second = try git.house.host("other", other, git.transport("other"))
        let late = LateTransport(try git.transport("one"), times: 1, onRewrite: true) { _ in
            #expect(await second.round(.forced).done?.sentItems == 5)
        }
        let first = try git.house.host("one", one, late)
        let figures = try #require(await first.round(.rewriting).done)
        #expect(!figures.isRewritten)
        try await expectAllBack()
        #expect(await first.round(.rewriting).done?.isRewritten == true)
        try await expectAllBack()
    }

    @Test func theHistoryIsCutByItselfWhenItIsLarge() async throws {
        var house = git.house
        house.options.historyLimit = 20_000
        let sync = try house.host("one", one, git.transport("one"))
        var random = SeededRandom(seed: 1), cuts = 0
        for turn in 0..<16 {
            let bytes = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &random) }
            one.put(.conversation, "x", .replaced, bytes, at: Int64(turn))
            if await sync.round().done?.isRewritten == true { cuts += 1 }
        }
        #expect((2...6).contains(cuts))
        let (sink, report) = try await git.house.clone(git.transport("clone"))
        #expect(report.isWhole && sink.items["conversation x"] == one.items[ItemName(.conversation, "x")]?.bytes)
    }

    @Test func aBranchOfSomebodyElseIsNotTouched() async throws {
        let blob = try GitHouse.run(["-C", git.remote, "hash-object", "-w", "--stdin"], input: "my own")
        let tree = try GitHouse.run(
            ["-C", git.remote, "mktree"], input: "100644 blob \(blob.dropLast())\tREADME.md\n")
        let commit = try git.inRemote("commit-tree", "-m", "mine", String(tree.dropLast()))
        _ = try git.inRemote("update-ref", "refs/heads/holdfast", String(commit.dropLast()))
        #expect(try await git.house.host("one", one, git.transport("one")).round().error?.isForeign == true)
        #expect(try git.inRemote("rev-parse", "holdfast") == commit)
    }

    @Test func aBranchThatIsGoneIsBegunAnew() async throws {
        let sync = try git.house.host("one", one, git.transport("one"))
        _ = await sync.round()
        _ = try git.inRemote("update-ref", "-d", "refs/heads/holdfast")
        #expect(await sync.round().done?.sentItems == 6)
        _ = try await git.house.host("other", other, git.transport("other")).round()
        try await expectAllBack()
    }

    @Test func anOlderStateThatWasPutBackIsMended() async throws {
        let sync = try git.house.host("one", one, git.transport("one"))
        _ = try await git.house.host("other", other, git.transport("other")).round()
        _ = await sync.round()
        let old = try git.inRemote("rev-parse", "holdfast").dropLast()
        one.put(.binding, "x", .replaced, "after it")
        _ = await sync.round()
        _ = try git.inRemote("update-ref", "refs/heads/holdfast", String(old))
        #expect(await sync.round().done?.sentItems == 1)
        try await expectAllBack()
    }

    /// Somebody who may push puts rubbish in the place of a file of ours, and takes another away.
    @Test func whatSomebodyElseDidToOurFilesIsMended() async throws {
        let sync = try git.house.host("one", one, git.transport("one"))
        _ = await sync.round()
        _ = try await git.house.host("other", other, git.transport("other")).round()
        let blob = try GitHouse.run(["-C", git.remote, "hash-object", "-w", "--stdin"], input: "rubbish").dropLast()
        let mine = try await git.transport("reader").look().objects.sorted()
        var lines = "100644 \(blob)\t\(StoredName.object(mine[0]).text)\n"
        lines += "0 \(String(repeating: "0", count: 40))\t\(StoredName.object(mine[1]).text)\n"
        let index = ["-C", git.remote]
        try GitHouse.run(index + ["read-tree", "holdfast"])
        try GitHouse.run(index + ["update-index", "--index-info"], input: lines)
        let tree = try GitHouse.run(index + ["write-tree"]).dropLast()
        let commit = try git.inRemote("commit-tree", "-p", "holdfast", "-m", "not ours", String(tree)).dropLast()
        _ = try git.inRemote("update-ref", "refs/heads/holdfast", String(commit))

        let check = try await sync.check(isDeep: true)
        #expect(check.damagedObjects == Set(mine.prefix(2)))
        _ = await sync.round()
        let second = try git.house.host("other", other, git.transport("other"))
        _ = try await second.check(isDeep: true)
        _ = await second.round()
        try await expectAllBack()
        #expect(try await CopyCheck.run(of: git.transport("check"), git.house.seal, isDeep: true).isSound)
    }

    @Test func aShelfThatIsGoneOrDamagedIsMadeAnew() async throws {
        let sync = try git.house.host("one", one, git.transport("one"))
        _ = await sync.round()
        _ = try await git.house.host("other", other, git.transport("other")).round()
        Files.removeFolder(git.shelf("one"))
        #expect(await sync.round(.forced).done?.sentItems == 0)

        for file in try CopyHouse.files(in: git.shelf("one") + "/objects") {
            let path = "\(git.shelf("one"))/objects/\(file)"
            try Files.setMode(path, 0o600)
            try Files.write("rubbish", to: path)
        }
        one.put(.binding, "x", .replaced, "new")
        // What is found to be damaged in the middle ends a round; the next goes on.
        if await sync.round(.forced).done == nil { #expect(await sync.round(.forced).done?.sentItems == 1) }
        try Files.write("rubbish", to: git.shelf("one") + "/config")
        one.put(.binding, "y", .replaced, "new")
        if await sync.round(.forced).done == nil { #expect(await sync.round(.forced).done?.sentItems == 1) }
        Files.remove(git.shelf("one") + "/HEAD")
        one.put(.binding, "z", .replaced, "new")
        #expect(await sync.round(.forced).done?.sentItems == 1)
        try await expectAllBack()
    }

    /// What was stored and not yet published goes with the shelf, and must not be told of.
    @Test func aShelfThatIsDamagedInTheMiddleTakesNothingAlong() async throws {
        let transport = try git.transport("one")
        _ = try await git.house.host("one", one, transport).round()
        let file = try git.house.seal.closed([1, 2, 3])
        try await transport.store(.object(file.name), file.bytes)
        try Files.write("rubbish\n", to: git.shelf("one") + "/shallow")
        guard case .cut? = await #expect(throws: CopyError.self, performing: { try await transport.look() }) else {
            Issue.record("whoever stored something goes on as if it were there")
            return
        }
        #expect(try await !transport.look().objects.contains(file.name))
        try await transport.store(.object(file.name), file.bytes)
        try await transport.publish(removing: [], isRewrite: false)
        #expect(try await git.transport("other").look().objects.contains(file.name))
    }

    @Test func nothingButTheShelfIsRemovedWithIt() async throws {
        var git = git
        git.options.shelfLimit = 0
        try git.house.scratch.write("of somebody", to: "place-one/notes.txt")
        let sync = try git.house.host("one", one, git.transport("one"))
        for turn in 0..<3 {
            one.put(.binding, "x", .replaced, "\(turn)")
            #expect(await sync.round().done != nil)
        }
        #expect(git.house.scratch.read("place-one/notes.txt") == "of somebody")
    }

    @Test func aGitThatWasKilledLeavesNothingInTheWay() async throws {
        let sync = try git.house.host("one", one, git.transport("one"))
        _ = await sync.round()
        _ = try await git.house.host("other", other, git.transport("other")).round()
        for name in ["shallow", "config", "HEAD", "packed-refs", "refs/holdfast/copy", "holdfast-index"] {
            try Files.write("", to: "\(git.shelf("one"))/\(name).lock")
        }
        one.put(.binding, "x", .replaced, "new")
        #expect(await sync.round().done?.sentItems == 1)
        try await expectAllBack()
    }

    @Test func aShelfDoesNotComeToHoldASecondSecondCopy() async throws {
        var git = git
        git.options.shelfLimit = 10_000
        let sync = try git.house.host("one", one, git.transport("one"))
        var random = SeededRandom(seed: 1)
        for turn in 0..<10 {
            let bytes = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &random) }
            one.put(.block, "random/\(turn)", .immutable, bytes)
            #expect(await sync.round().done?.sentItems ?? 0 > 0)
            let stored = try git.objects(on: "one")
            #expect(stored <= 8, "after round \(turn)")
        }
        _ = try await git.house.host("other", other, git.transport("other")).round()
        try await expectAllBack()
    }

    /// Cut before and after each step; the next process goes on.
    @Test func aRoundThatIsCutAnywhereIsGoneOnWith() async throws {
        for step in 0..<14 {
            let cutting = CuttingTransport(try git.transport("one"))
            cutting.cut(after: step)
            one.put(.binding, "x", .replaced, "at step \(step)")
            _ = try await git.house.host("one", one, cutting).round(.forced)
            if step % 4 == 0 {
                _ = try await git.house.host("other", other, git.transport("other")).round(.forced)
                other.put(.binding, "y", .replaced, "at step \(step)")
            }
        }
        #expect(try await git.house.host("one", one, git.transport("one")).round(.forced).done?.isComplete == true)
        #expect(try await git.house.host("other", other, git.transport("other")).round(.forced).done != nil)
        try await expectAllBack()
    }

    @Test(arguments: [100, 101, 102] as [UInt64]) func everythingOfEveryHostComesBack(_ seed: UInt64) async throws {
        var house = git.house, random = SeededRandom(seed: seed)
        house.options.budget = 4000
        house.options.historyLimit = 30_000
        house.options.mostEntries = 12
        let history = try History(house, hosts: 3) { try git.transport($0) }
        try await history.run(turns: 16, &random)
        try await history.settle()
        let (sink, report) = try await house.clone(git.transport("clone"))
        #expect(report.isWhole, "\(report)")
        history.expect(sink)
        #expect(try await CopyCheck.run(of: git.transport("check"), house.seal, isDeep: true).isSound)
    }
}

/// Has something happen between looking and publishing.
final class LateTransport: CopyTransport {
    let inner: any CopyTransport
    private let left: Mutex<Int>
    private let onRewrite: Bool
    private let meanwhile: @Sendable (Int) async -> Void

    init(
        _ inner: any CopyTransport, times: Int, onRewrite: Bool = false,
        _ meanwhile: @escaping @Sendable (Int) async -> Void
    ) {
        self.inner = inner
        left = Mutex(times)
        self.onRewrite = onRewrite
        self.meanwhile = meanwhile
    }

    func calm() { left.withLock { $0 = 0 } }

    var takesPlain: Bool { inner.takesPlain }
    var isAwayWhenEmpty: Bool { inner.isAwayWhenEmpty }
    func look() async throws(CopyError) -> CopyListing { try await inner.look() }
    func prepare(_ names: [StoredName]) async throws(CopyError) { try await inner.prepare(names) }
    func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]] { try await inner.read(names) }
    func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError) { try await inner.store(name, bytes) }
    func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError) {
        let turn = left.withLock { left in
            guard left > 0, isRewrite == onRewrite else { return 0 }
            left -= 1
            return left + 1
        }
        if turn > 0 { await meanwhile(turn) }
        try await inner.publish(removing: removed, isRewrite: isRewrite)
    }
    func discard() async { await inner.discard() }
}
