import Domain
import Foundation
import Glibc
import Platform
import Settings
import TestSupport
import Testing
import Transcripts

@testable import Vault

@Suite struct SessionKeeperTests {
    private let scratch: Scratch
    private let session: SessionID
    private let state: StateFolder
    private let vault: Vault
    private let keeper: SessionKeeper

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
        state = StateFolder(path: scratch.path + "/state")
        try state.prepare()
        vault = try Vault.open(state.vault)
        keeper = SessionKeeper(vault: vault, state: state, host: "box")
    }

    private var config: String { scratch.path + "/claude" }
    /// Long after all that is written here.
    private let later = HostClock.wallMilliseconds + 3_600_000

    private func write(_ text: String, to name: String = "") throws -> TranscriptFile {
        let name = name.isEmpty ? "\(session).jsonl" : name
        let path = try scratch.write(text, to: "claude/projects/-p/\(name)")
        return try #require(ClaudeCode().file(path, in: config))
    }

    private func content(of name: String) throws -> String {
        let file = try #require(try vault.session(session)?.files.first { $0.name == name })
        return String(decoding: try file.segments.flatMap { try vault.content(of: $0) }, as: UTF8.self)
    }

    @Test func keepsWhatLiesBesideATranscript() throws {
        let file = try write(Said.user("one") + "\n")
        let others = [
            "\(session)/subagents/agent-a.jsonl": Said.user("sub") + "\n",
            "\(session)/subagents/agent-a.meta.json": #"{"agentType":"x"}"#,
            "\(session)/tool-results/b.txt": "a result, without a line's end",
        ]
        for (name, text) in others { try scratch.write(text, to: "claude/projects/-p/\(name)") }
        _ = try keeper.keep(file, now: later)
        #expect(
            try vault.session(session)?.files.map(\.name) == ["\(session).jsonl"]
                + others.keys.sorted { ($0.count, $0) < ($1.count, $1) })
        for (name, text) in others { #expect(try content(of: name) == text) }
        #expect(try content(of: "\(session).jsonl") == Said.user("one") + "\n")
        #expect(try vault.isKept(file))
    }

    @Test func waitsWhileATranscriptIsBeingWritten() throws {
        let file = try write(Said.user("one") + "\n")
        let now = HostClock.wallMilliseconds
        #expect(try keeper.keep(file, now: now) == SessionKeeper.Kept(waiting: 1))
        #expect(try !vault.isKept(file))
        #expect(try keeper.keep(file, isHurried: true, now: now).bytes == file.size)
        #expect(try keeper.keep(file, isHurried: true, now: now).bytes == 0)
    }

    @Test func dropsWhatIsMarkedAsPrivateAndNothingElse() throws {
        let words = "before <private>nobody \\\"else\\\" \\u003c may know</private> after"
        let line = #"{"type":"user","uuid":"u","odd" :1.50,"message":{"role":"user","content":"\#(words)"}}"#
        let other = Said.user("a\\/b stays as it was written") + "\n"
        let file = try write(line + "\n" + other)
        _ = try keeper.keep(file, now: later)
        let kept = try content(of: "\(session).jsonl")
        #expect(
            kept == #"{"type":"user","uuid":"u","odd" :1.50,"message":{"role":"user","content":"before  after"}}"#
                + "\n" + other)
        let cut = try #require(try vault.session(session)?.transcript?.cuts.first)
        #expect(cut.reason == KeptBytes.privateReason && cut.excluded == file.size - Int64(kept.utf8.count))
        for name in try Files.names(in: state.vault) where !Files.isFolder("\(state.vault)/\(name)") {
            #expect(try !ByteSearch.contains(Files.bytes("\(state.vault)/\(name)", limit: 1 << 30)[...], "may know"))
        }
    }

    @Test func leavesOutWhatWasSaidWhileRecordingWasOff() throws {
        let lines = (1...3).map { Said.user("turn \($0)") + "\n" }
        let first = Int64(lines[0].utf8.count), second = Int64((lines[0] + lines[1]).utf8.count)
        let file = try write(lines.joined())
        try RecordingGaps(state: state, session: session).begin(at: first, of: file.path, now: 1000)
        try RecordingGaps(state: state, session: session).end(at: second, now: 2000)
        _ = try keeper.keep(file, now: later)
        #expect(try content(of: "\(session).jsonl") == lines[0] + lines[2])
        #expect(try vault.session(session)?.transcript?.cuts == [.init(first..<second, RecordingGaps.reason, kept: 0)])
    }

    private func forget(_ messages: String..., isWhole: Bool = false) throws {
        var tombstone = Tombstone(of: session, isWhole: isWhole)
        for message in messages { tombstone.known.add(message, at: "") }
        try Tombstones(state).add(tombstone)
    }

    /// The client tells prompts again in lines without a name, and what tools put out lies beside the transcript.
    @Test func whatIsForgottenIsNotKeptByAnotherWay() throws {
        let result = "\(session)/tool-results/b.txt", other = "\(session)/tool-results/c.txt"
        let lines = [
            Said.user("one", uuid: "u1"), Said.user("MARIGOLD", uuid: "u2"),
            #"{"type":"last-prompt","lastPrompt":"MARIGOLD"}"#, Said.user("three", uuid: "u3"),
        ]
        let file = try write(lines.map { $0 + "\n" }.joined())
        try scratch.write("MARIGOLD", to: "claude/projects/-p/\(result)")
        try scratch.write("heron", to: "claude/projects/-p/\(other)")
        try forget("u2", Exclusions.identity(ofFile: result))
        _ = try keeper.keep(file, now: later)
        #expect(try content(of: "\(session).jsonl") == lines[0] + "\n" + lines[3] + "\n")
        #expect(try content(of: result).isEmpty && content(of: other) == "heron")
        try scratch.write("MARIGOLD and more", to: "claude/projects/-p/\(result)")
        _ = try keeper.keep(file, now: later)
        #expect(try content(of: result).isEmpty)
    }

    // MARK: - What lies beside it, and time

    @Test func whatIsWrittenBesideItLaterIsKeptToo() throws {
        let file = try write(Said.user("one") + "\n")
        let name = "\(session)/tool-results/b.txt"
        _ = try keeper.keep(file, now: later)
        #expect(try vault.isKept(file))
        try scratch.write("a result", to: "claude/projects/-p/\(name)")
        #expect(try !vault.isKept(file))
        _ = try keeper.keep(file, now: later)
        #expect(try vault.isKept(file))
        #expect(try content(of: name) == "a result")
        // What is damaged of it is not kept, until it is kept anew.
        let segment = try #require(try vault.session(session)?.files.last?.segments.first)
        let pack = state.vault + "/packs/" + PackFolder.name(of: segment.place.pack)
        var bytes = try Files.bytes(pack, limit: 1 << 20)
        bytes[Int(segment.place.offset + segment.place.length) - 3] ^= 1
        try Files.write(bytes, to: pack)
        #expect(try vault.verify().damaged.map(\.file) == [name])
        #expect(try !vault.isKept(file))
        _ = try keeper.keep(file, now: later)
        #expect(try vault.isKept(file))
        #expect(try vault.verify().damaged == [])
    }

    /// A clock that was put back leaves files of tomorrow.
    @Test func whatWasWrittenTomorrowIsKeptToday() throws {
        let file = try write(Said.user("one") + "\n")
        #expect(try keeper.keep(file, now: HostClock.wallMilliseconds - 86_400_000).bytes == file.size)
    }

    @Test func whatLooksAsItDidAndIsAnotherIsKept() throws {
        let file = try write(Said.user("one") + "\n")
        _ = try keeper.keep(file, now: later)
        let mark = try #require(FileLook(file.path)).mark
        let times = try Files.status(file.path)
        try Files.add("x", to: file.path)
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        try handle.write(contentsOf: Data((Said.user("two") + "\n").utf8))
        try handle.truncate(atOffset: UInt64(file.size))
        let old = unsafe [times.st_atim, times.st_mtim].withUnsafeBufferPointer {
            unsafe utimensat(AT_FDCWD, file.path, $0.baseAddress, 0)
        }
        #expect(old == 0)
        #expect(FileLook(file.path)?.mark != mark)
        #expect(try !vault.isKept(file))
    }

    // MARK: - What capturers kept

    @Test(arguments: [false, true]) func whatWasForgottenSinceIsNotTakenIn(isWhole: Bool) throws {
        let lines = ["u1", "u2", "u3"].map { Said.user("turn", uuid: $0) + "\n" }
        let file = try write(lines.joined())
        let (part, bytes) = try part(file, 0, file.size)
        try Intake(state).add(part, bytes, now: 1)
        Files.remove(file.path)
        try forget("u2", isWhole: isWhole)
        _ = try keeper.takeIn(isHurried: true, now: later)
        #expect(try Intake(state).names().isEmpty)
        if isWhole {
            #expect(try vault.session(session) == nil)
        } else {
            #expect(try content(of: "\(session).jsonl") == lines[0] + lines[2])
        }
    }

    private func part(_ file: TranscriptFile, _ from: Int64, _ to: Int64) throws -> (Intake.Part, [UInt8]) {
        let open = try ClaudeCode().open(file.path, in: config)
        let part = Intake.Part(
            session: session, name: "\(session).jsonl", path: file.path, configDirectory: config, host: "box",
            from: try open.cursor(at: from, generation: 0), to: try open.cursor(at: to, generation: 0), cuts: [])
        return (part, try #require(try open.bytes(at: from..<to)))
    }

    /// A transcript that is deleted, or replaced, before the companion looked at it: in whatever parts it was captured, and
    /// whatever of it was kept by then, and whatever the clock said meanwhile.
    @Test(arguments: 0..<40) func whatCapturersKeptIsEnough(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let lines = (0..<12).map {
            Said.user("turn \($0) " + String(repeating: "x", count: Int.random(in: 0..<900, using: &random))) + "\n"
        }
        let whole = lines.joined()
        let ends = lines.indices.map { Int64(lines[...$0].joined().utf8.count) }
        let file = try write(whole)
        let intake = Intake(state)
        var from: Int64 = 0
        var now: Int64 = 100
        while from < file.size {
            let to = try #require(ends.filter { $0 > from }.randomElement(using: &random))
            let (part, bytes) = try part(file, from, to)
            try intake.add(part, bytes, now: now)
            // Captured by two, as a race may have it.
            if Bool.random(using: &random) { try intake.add(part, bytes, now: now + 1) }
            now += Int64.random(in: -4...6, using: &random)
            from = to
        }
        if Bool.random(using: &random) {
            // What the companion had taken in of it before.
            let end = try #require(ends.randomElement(using: &random))
            try scratch.write(
                String(decoding: whole.utf8.prefix(Int(end)), as: UTF8.self), to: "claude/projects/-p/\(session).jsonl")
            _ = try keeper.keep(file, isHurried: true, now: now)
        }
        if Bool.random(using: &random) {
            try scratch.write("", to: "claude/projects/-p/\(session).jsonl")
        } else {
            Files.remove(file.path)
        }
        _ = try keeper.takeIn(isHurried: true, now: now)
        #expect(try intake.names().isEmpty)
        let kept = try #require(try vault.session(session)?.transcript)
        #expect(kept.holes.isEmpty)
        #expect(try content(of: "\(session).jsonl") == whole)
        #expect(try vault.counts().keptBytes == Int64(whole.utf8.count))
    }

    private func place() throws -> Intake.Part.Place {
        let kept = try #require(try vault.session(session)?.transcript?.generation)
        return .init(cwd: kept.cwd, branch: kept.branch, commit: kept.commit)
    }

    /// The worktree that a session was in is removed, with or without its transcript, before the companion looks: what its
    /// capturer noted counts, and stays when something is added.
    @Test(arguments: [false, true]) func whereASessionWasIsKnownWhenItsFolderIsGone(isGone: Bool) throws {
        let tree = scratch.path + "/tree"
        let noted = Intake.Part.Place(cwd: tree, branch: "topic", commit: String(repeating: "c", count: 40))
        let line = Said.user("one", #","cwd":"\#(tree)","gitBranch":"topic""#) + "\n"
        let file = try write(line)
        var (part, bytes) = try part(file, 0, file.size)
        part.place = noted
        try Intake(state).add(part, bytes, now: 1)
        if isGone { Files.remove(file.path) }
        _ = try keeper.takeIn(isHurried: true, now: later)
        #expect(try place() == noted)
        _ = try keeper.keep(write(line + Said.agent("first") + "\n"), isHurried: true, now: later)
        #expect(try place() == noted)
        Files.remove(state.vault + "/index.sqlite")
        let anew = try #require(try Vault.open(state.vault).session(session)?.transcript?.generation)
        #expect((anew.branch, anew.commit) == (noted.branch, noted.commit))
    }

    /// No capturer looked: the last of its entries that says so tells, however far back that is.
    @Test(arguments: [0, 400_000]) func whatItsEntriesSayOfAFolderThatIsGoneIsKept(padding: Int) throws {
        let tree = scratch.path + "/tree"
        func said(_ branch: String) -> String {
            Said.user("x", #","cwd":"\#(tree)","gitBranch":"\#(branch)""#) + "\n"
        }
        let last = Said.agent(String(repeating: "x", count: padding)) + "\n"
        _ = try keeper.keep(write(said("topic") + said("later") + last), now: later)
        #expect(try place() == .init(cwd: tree, branch: "later", commit: ""))
        // Of a head that is on no branch the client says this.
        _ = try keeper.keep(write(said("topic") + said("HEAD")), now: later + 1)
        #expect(try place() == .init(cwd: tree, branch: "", commit: ""))
    }

    /// Handed over twice, as where Redis was away in between, and gone on with elsewhere.
    @Test func whatWasSaidOfItsFolderLastCounts() throws {
        let (one, two) = (Said.user("one") + "\n", Said.user("two") + "\n")
        let file = try write(one + two)
        let end = Int64(one.utf8.count)
        for (now, range, branch) in [(1, 0..<end, "a"), (2, 0..<end, "a"), (3, end..<file.size, "b")] {
            var (part, bytes) = try part(file, range.lowerBound, range.upperBound)
            part.place = .init(cwd: scratch.path, branch: branch, commit: "")
            try Intake(state).add(part, bytes, now: Int64(now))
        }
        _ = try keeper.takeIn(isHurried: true, now: later)
        #expect(try place().branch == "b")
    }

    @Test func whatIsNoPartIsPutAsideAndKeepsNoOtherFromTheVault() throws {
        let file = try write(Said.user("one") + "\n")
        let intake = Intake(state), folder = state.vault + "/intake"
        try Files.makeFolder(folder)
        try Files.write("no part at all", to: folder + "/00000000000001-x-0.part")
        let (part, bytes) = try part(file, 0, file.size)
        try intake.add(part, bytes, now: 2)
        // Cut off, as a disk may leave it; and such as a killed capturer left.
        let name = try #require(try intake.names().last)
        let whole = try Files.bytes("\(folder)/\(name)", limit: 1 << 20)
        try Files.write(Array(whole.dropLast(5)), to: folder + "/00000000000003-x-0.part")
        try Files.write("half", to: folder + "/00000000000004-x-0.part.999999999-1.tmp")
        Files.remove(file.path)
        _ = try keeper.takeIn(isHurried: true, now: later)
        #expect(try content(of: "\(session).jsonl") == Said.user("one") + "\n")
        #expect(
            try Files.names(in: folder).sorted() == [
                "00000000000001-x-0.part.refused", "00000000000003-x-0.part.refused",
            ])
    }

    /// Forgotten after it was captured, and before the companion looked.
    @Test(arguments: [true, false]) func whatWasForgottenMeanwhileIsNotTakenIn(isWhole: Bool) throws {
        let file = try write(Said.user("one", uuid: "u1") + "\n" + Said.user("two", uuid: "u2") + "\n")
        let (part, bytes) = try part(file, 0, file.size)
        try Intake(state).add(part, bytes, now: 1)
        Files.remove(file.path)
        var known = ForgottenMessages()
        if !isWhole { known.add("u1", at: "") }
        try Tombstones(state).add(Tombstone(of: session, isWhole: isWhole, known))
        _ = try keeper.takeIn(isHurried: true, now: later)
        #expect(try Intake(state).names().isEmpty)
        if isWhole {
            #expect(try vault.session(session) == nil)
        } else {
            #expect(try content(of: "\(session).jsonl") == Said.user("two", uuid: "u2") + "\n")
        }
    }

    /// What is excluded by now is another than what was when the part was captured: it is the same transcript all the same.
    @Test func aPartOfWhatIsKeptIsNoOtherTranscript() throws {
        let file = try write(Said.user("one", uuid: "u1") + "\n" + Said.user("two", uuid: "u2") + "\n")
        let all = try part(file, 0, file.size)
        _ = try keeper.keep(file, now: later)
        try vault.forget { ByteSearch.contains($0.bytes[...], "one") }
        Files.remove(file.path)
        #expect(try vault.take(all.0, now: later) { KeptBytes(bytes: all.1) } == 0)
        #expect(try content(of: "\(session).jsonl") == Said.user("two", uuid: "u2") + "\n")
    }

    @Test func aTranscriptThatIsThereIsReadItself() throws {
        let file = try write(Said.user("one") + "\n" + Said.user("two") + "\n")
        let first = Int64((Said.user("one") + "\n").utf8.count)
        let (part, bytes) = try part(file, 0, first)
        try Intake(state).add(part, bytes, now: 1)
        #expect(try keeper.takeIn(now: HostClock.wallMilliseconds) == SessionKeeper.Kept(waiting: 1))
        #expect(try keeper.takeIn(now: later).bytes == file.size)
        #expect(try vault.session(session)?.transcript?.segments.count == 1)
        #expect(try Intake(state).names().isEmpty)
    }
}
