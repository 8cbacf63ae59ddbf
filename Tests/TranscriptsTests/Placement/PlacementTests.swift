import Domain
import Glibc
import Platform
import TestSupport
import Testing

@testable import Transcripts

@Suite struct PlacementTests {
    private let house: Placing
    private static let id = Placing.id

    init() throws { house = try Placing() }

    @Test func putsASessionBackByteForByte() throws {
        let receipt = try house.placed(Placing.files)
        #expect(receipt.path == house.transcript && receipt.kept.isEmpty && receipt.differing.isEmpty)
        #expect(house.tree == Placing.files.mapValues { $0 })
        #expect(receipt.files.map(\.name).first == "\(Self.id).jsonl")
        for name in Placing.files.keys {
            let status = try Files.status("\(house.slug)/\(name)")
            #expect(status.st_mode & 0o7777 == 0o600 && status.st_nlink == 1)
            #expect(abs(Int64(status.st_mtim.tv_sec) - Int64(time(nil))) < 60, "the client's sweep goes by it")
        }
        #expect(house.hidden.isEmpty)
        guard case .found(house.transcript) = ClaudeCode().find(house.session, in: house.config) else {
            return #expect(Bool(false), "the source finds it")
        }
    }

    /// As measured of the client: what the umask leaves.
    @Test func makesFoldersAsTheClientDoes() throws {
        let receipt = try house.placed(Placing.files)
        let mask = try #require(Placing.umask)
        let folders =
            ["", "/projects", "/projects/-home-me-app"].map { house.config + $0 }
            + ["", "/subagents", "/tool-results"].map { "\(house.slug)/\(Self.id)\($0)" }
        for folder in folders { #expect(try Files.status(folder).st_mode & 0o777 == 0o777 & ~mask, "\(folder)") }
        #expect(Set(receipt.folders) == Set(folders))
    }

    @Test(arguments: [
        "/etc/passwd", "../x", "\(id)/../x", "\(id)/./x", "\(id)//x", "\(id)/", "x", "other.jsonl", "other/x",
        "\(id)", "\(id).jsonl/x", "\(id)x/y", "\(id)/a\nb", "\(id)/a\0b", "", "/",
        "\(id)/" + String(repeating: "n", count: 256), "\(id)/" + String(repeating: "d/", count: 20) + "x",
    ])
    func refusesANameThatIsNoneOfTheSession(name: String) throws {
        var files = Placing.files
        files[name] = "evil"
        do {
            _ = try house.place(files)
            #expect(Bool(false), "it was taken")
        } catch PlacementError.refusedName(let refused, of: house.session, reason: _) {
            #expect(refused == name)
        }
        #expect(!Files.exists(house.config), "nothing was made")
    }

    @Test func refusesWhatCannotBeOneSession() throws {
        #expect(throws: PlacementError.noTranscript(of: house.session)) { try house.place(["\(Self.id)/x": "x"]) }
        let both = PlacementError.refusedName(
            "\(Self.id)/a", of: house.session, reason: "it is a folder of other files, too")
        #expect(throws: both) {
            try house.place(["\(Self.id).jsonl": "x", "\(Self.id)/a": "x", "\(Self.id)/a/b": "x"])
        }
        let name = "\(Self.id).jsonl"
        #expect(throws: PlacementError.refusedName(name, of: house.session, reason: "it is there twice")) {
            try house.placement().place([house.file(name, "x"), house.file(name, "y")])
        }
        let many = (0..<10_001).map { house.file("\(Self.id)/\($0)", "") }
        #expect(throws: PlacementError.tooMany(10_001, limit: 10_000)) { try house.placement().place(many) }
        #expect(!Files.exists(house.config))
        #expect(SessionPlacement(of: house.session, for: "app", in: house.config, by: ClaudeCode()) == nil)
    }

    @Test(arguments: ["-home-me-app", "-other"])
    func doesNothingWhereTheSessionIsThere(slug: String) throws {
        let there = try house.scratch.write("mine", to: "config/projects/\(slug)/\(Self.id).jsonl")
        #expect(try house.place(Placing.files) == .alreadyThere(path: there))
        #expect(try Files.read(there) == "mine")
        #expect(Files.exists(house.slug) == (slug == "-home-me-app"))
        #expect(!Files.exists("\(house.slug)/\(Self.id)") && house.hidden.isEmpty)
    }

    @Test(arguments: ["-home-me-app", "-other"])
    func doesNothingWhereTheSessionCameMeanwhile(slug: String) throws {
        var isWritten = false
        let there = "\(house.config)/projects/\(slug)/\(Self.id).jsonl"
        let late = SessionPlacement.File(name: "\(Self.id)/late") {
            if !isWritten { try house.scratch.write("mine", to: "config/projects/\(slug)/\(Self.id).jsonl") }
            isWritten = true
            return nil
        }
        let outcome = try house.placement().place(house.files(Placing.files) + [late])
        #expect(outcome == .alreadyThere(path: there))
        #expect(try Files.read(there) == "mine")
        #expect(!Files.exists("\(house.slug)/\(Self.id)") && house.hidden.isEmpty)
    }

    /// A sweep may leave them, and a client that goes on may have written more.
    @Test func writesOverNothingThatIsThere() throws {
        let agent = "\(Self.id)/subagents/agent-x.jsonl", result = "\(Self.id)/tool-results/b1.txt"
        for (name, text) in [(agent, "agent\nand more\n"), (result, "other")] {
            try house.scratch.write(text, to: "config/projects/-home-me-app/\(name)")
            var old = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0)]
            #expect(unsafe utimensat(AT_FDCWD, "\(house.slug)/\(name)", &old, 0) == 0)
        }
        let receipt = try house.placed(Placing.files)
        #expect(receipt.kept == [agent] && receipt.differing == [result])
        #expect(!receipt.files.map(\.name).contains(agent))
        #expect(house.tree[agent] == "agent\nand more\n" && house.tree[result] == "other")
        for name in [agent, result] {
            #expect(try Files.status("\(house.slug)/\(name)").st_mtim.tv_sec > 1_700_000_000, "or it is swept")
        }
        #expect(SessionPlacement.withdraw(receipt, by: ClaudeCode()).left.isEmpty)
        #expect(house.tree == [agent: "agent\nand more\n", result: "other"])
    }

    /// Where a file can have one name only, it is moved.
    @Test func neitherLinksNorMovesOverAFile() throws {
        try house.scratch.write("one", to: "a")
        try house.scratch.write("two", to: "b")
        let folder = try Folder(house.scratch.path)
        #expect(try !folder.link("a", into: folder, as: "b") && !folder.move("a", into: folder, as: "b"))
        #expect(house.scratch.read("a") == "one" && house.scratch.read("b") == "two")
        #expect(try folder.move("a", into: folder, as: "c"))
        #expect(house.scratch.read("a") == nil && house.scratch.read("c") == "one")
    }

    @Test(arguments: ["\(id)", "\(id)/subagents", "\(id)/subagents/agent-x.jsonl", "\(id).jsonl"])
    func followsNoLinkThatLiesInTheWay(name: String) throws {
        let outside = house.scratch.path + "/outside"
        try Files.makeFolder(outside)
        try Files.makeFolder("\(house.slug)/\(name)")
        #expect(unsafe rmdir("\(house.slug)/\(name)") == 0)
        // One that leads to a file would be a transcript that is there.
        let target = name.hasSuffix(".jsonl") ? outside + "/nothing" : outside
        #expect(unsafe symlink(target, "\(house.slug)/\(name)") == 0)
        do {
            _ = try house.place(Placing.files)
            #expect(Bool(false), "it was followed")
        } catch PlacementError.inTheWay(let path, _) {
            #expect(path == "\(house.slug)/\(name)")
        }
        #expect(try Files.names(in: outside).isEmpty)
        #expect(house.tree.isEmpty && house.hidden.isEmpty)
    }

    @Test func leavesNothingWhenWhatIsKeptCannotBeRead() throws {
        struct Damaged: Error {}
        for name in ["\(Self.id)/subagents/damaged", "\(Self.id).jsonl"] {
            var chunks: [[UInt8]] = [[65], [66]]
            let damaged = SessionPlacement.File(name: name) {
                guard let chunk = chunks.popLast() else { throw Damaged() }
                return chunk
            }
            let others = Placing.files.filter { $0.key != name }
            #expect(throws: PlacementError.unreadable(name: name, reason: "Damaged()")) {
                try house.placement().place(house.files(others) + [damaged])
            }
            #expect(!Files.exists(house.config))
        }
    }

    @Test(.enabled(if: Placing.canMount, "a small disk cannot be mounted here")) func leavesNothingOnAFullDisk() throws
    {
        try house.withDisk(kilobytes: 256) {
            var left = 2 << 20
            let big = SessionPlacement.File(name: "\(Self.id)/tool-results/big") {
                left -= 1 << 16
                return left < 0 ? nil : [UInt8](repeating: 7, count: 1 << 16)
            }
            do {
                _ = try house.placement().place(house.files(Placing.files) + [big])
                #expect(Bool(false), "there was room")
            } catch PlacementError.failed(let error) {
                #expect(error.isOfFullDisk && "\(PlacementError.failed(error))".contains("make room"))
            }
            #expect(try Files.names(in: house.config).isEmpty)
            _ = try house.placed(Placing.files)
        }
    }

    @Test(.enabled(if: Placing.canMount, "a disk cannot be mounted here"))
    func leavesNothingOnADiskThatCannotBeWritten()
        throws
    {
        try house.withDisk(kilobytes: 256, isReadOnly: true) {
            do {
                _ = try house.place(Placing.files)
                #expect(Bool(false), "it was written")
            } catch PlacementError.failed(let error) {
                #expect(error.number == EROFS && error.path == house.config + "/projects")
            }
        }
    }

    // MARK: - After a kill -9

    /// The state that a killed run leaves, before the transcript has its place and after it.
    private func kill(isPlaced: Bool) throws {
        let receipt = try house.placed(Placing.files)
        let staging = "\(house.slug)/\(Staging.name(of: house.session))"
        try Files.makeFolder(staging)
        try Files.create(staging + "/lock")
        for (index, file) in receipt.files.enumerated() {
            let name = index == 0 ? Staging.transcript : "\(index)"
            #expect(unsafe Glibc.link("\(house.slug)/\(file.name)", "\(staging)/\(name)") == 0)
        }
        if !isPlaced { Files.remove(house.transcript) }
    }

    @Test func cleansWhatAKilledRunLeftBeforeTheTranscriptCame() throws {
        try kill(isPlaced: false)
        let foreign = "\(house.slug)/\(Self.id)/subagents/agent-other.jsonl"
        try Files.write("not ours", to: foreign)
        // Somewhere else, so that the first place must be clean of all that was ours.
        let placement = try #require(
            SessionPlacement(of: house.session, for: "/home/me/other", in: house.config, by: ClaudeCode()))
        guard case .placed(let receipt) = try placement.place(house.files(Placing.files)) else {
            return #expect(Bool(false), "it was not placed")
        }
        #expect(house.tree == ["\(Self.id)/subagents/agent-other.jsonl": "not ours"])
        #expect(house.hidden.isEmpty && receipt.files.count == Placing.files.count)
    }

    /// Killed at once, or when it had begun to remove the second names.
    @Test(arguments: [false, true]) func keepsWhatAKilledRunHadPlaced(isCleaning: Bool) throws {
        try kill(isPlaced: true)
        if isCleaning { Files.remove("\(house.slug)/\(Staging.name(of: house.session))/1") }
        #expect(try house.place(Placing.files) == .alreadyThere(path: house.transcript))
        #expect(house.tree == Placing.files && house.hidden.isEmpty)
    }

    @Test func cleansWhatAKilledRunOfAnotherSessionLeft() throws {
        try kill(isPlaced: false)
        let other = try #require(SessionID(rawValue: "1f3c1a52-1111-4222-8333-123456789abc"))
        let placement = try #require(
            SessionPlacement(of: other, for: Placing.cwd, in: house.config, by: ClaudeCode()))
        _ = try placement.place([house.file("\(other).jsonl", "x")])
        #expect(house.tree == ["\(other).jsonl": "x"] && house.hidden.isEmpty)
    }

    @Test func twoDoNotPutBackTheSameSessionAtOnce() throws {
        var second: (any Error)?
        let first = SessionPlacement.File(name: "\(Self.id)/first") {
            do { _ = try house.place(Placing.files) } catch { second = error }
            return nil
        }
        guard case .placed = try house.placement().place(house.files(Placing.files) + [first]) else {
            return #expect(Bool(false), "the first was not placed")
        }
        #expect(second as? PlacementError == .busy(house.session))
        #expect(house.hidden.isEmpty && house.tree.count == Placing.files.count + 1)
    }
}
