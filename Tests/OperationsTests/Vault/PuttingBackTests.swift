import Archive
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts
import Vault

@testable import Operations

/// What becomes of a key whose session is put back, or cannot be.
@Suite(.redisServer) struct PuttingBackTests {
    private let test: TestPlace
    private let session: SessionID
    private let key: DispatchKey

    init() throws {
        test = try TestPlace()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc"))
        key = try DispatchKey("coder/1")
    }

    private var config: String { test.scratch.path + "/claude" }
    private var project: String { test.scratch.path + "/project" }
    private var result: String { "\(session)/tool-results/b.txt" }
    private let text = Said.user("hello", uuid: "u1") + "\n" + Said.agent("hi", uuid: "u2") + "\n"

    /// A session of the key that lies in the vault alone, with a result of a tool.
    private func keep(_ others: [String] = []) throws {
        let path = try test.scratch.write(text, to: "claude/projects/-old/\(session).jsonl")
        for name in [result] + others { try test.scratch.write("emus", to: "claude/projects/-old/\(name)") }
        let settings = test.place.settings
        let keeper = SessionKeeper(vault: try Vault.open(settings), state: settings.state, host: test.place.host)
        _ = try keeper.keep(
            try #require(ClaudeCode().file(path, in: config)), isHurried: true, now: HostClock.wallMilliseconds)
        for kind in [SessionNews.Kind.started, .stopped] {
            var news = SessionNews(
                kind, of: session, key: key, at: HostClock.now(), host: test.place.host,
                maxSessionAgeMilliseconds: 86_400_000)
            news.source = kind == .started ? "startup" : ""
            news.configDirectory = config
            news.transcript = kind == .stopped ? .found : .unknown
            news.transcriptPath = path
            news.projectsFolder = ClaudeCode().storageMark(in: config)
            _ = try test.connection.run(test.place.registry.telling(news, at: HostClock.now()))
        }
        Files.remove(path)
        for name in [result] + others { Files.remove("\(config)/projects/-old/\(name)") }
    }

    private func bound() throws -> SessionID? {
        try test.connection.ask(test.place.registry.binding(key))?.sessionID
    }

    private func path() throws -> String {
        try #require(ClaudeCode().place(of: session, for: project, in: config))
    }

    /// As it is printed, in full or short, and as an orchestrator knows it.
    @Test func aSessionOfTheVaultIsNamedByItsIDItsFirstDigitsOrItsKey() throws {
        try keep()
        let place = test.place
        for name in [session.rawValue, "0f3c1a52", "coder/1"] {
            #expect(try place.keptSession(name)?.session == session, "\(name)")
            #expect(try place.keptDetail(name).files.count == 2, "\(name)")
        }
        #expect(try place.keptSession("0f3c1") == nil && place.keptSession("coder/2") == nil)
        #expect(try place.sessionID("0f3c1a52") == session)
        // One of which nothing is known is what it says; another of the same beginning makes it two.
        let other = "0f3c1a52-2222-4222-8333-123456789abc"
        #expect(try place.sessionID(other).rawValue == other && place.sessionID("fedcba98").rawValue == "fedcba98")
        try test.scratch.write(text, to: "claude/projects/-old/\(other).jsonl")
        let keeper = SessionKeeper(
            vault: try Vault.open(place.settings), state: place.settings.state, host: place.host)
        _ = try keeper.keep(
            try #require(ClaudeCode().file("\(config)/projects/-old/\(other).jsonl", in: config)), isHurried: true,
            now: HostClock.wallMilliseconds)
        // Redis knows the one alone, the vault both.
        #expect { try place.sessionID("0f3c1a52") } throws: { "\($0)".contains("2 sessions begin with") }
        #expect { try place.keptDetail("0f3c1a52") } throws: { "\($0)".contains("2 sessions begin with") }
        #expect(try place.keptSession("0f3c1a52-2")?.session.rawValue == other)
        // A key means the session that it has, in the vault or not; it gets that back which it is named for.
        #expect(try place.keptSession("coder/1")?.key == key && place.keptSession(other)?.key == nil)
        try test.bind("fresh", "coder/1")
        #expect(try place.keptSession("coder/1")?.session.rawValue == "fresh")
        #expect { try place.keptDetail("coder/1") } throws: { "\($0)".contains("(fresh)") }
    }

    /// A disk that is full, a key that is not at hand, something that lies in the way: mended, the next dispatch resumes.
    @Test func whatIsInTheWayForNowCostsNoBinding() throws {
        try keep()
        let folder = String(try path().dropLast(6))
        let slash = try #require(folder.lastIndex(of: "/"))
        try Files.makeFolder(String(folder[..<slash]))
        try Files.write("not a folder", to: folder)
        var said: [String] = []
        let answer = try test.place.lookUp(key, restoringFor: project) { said.append($0) }
        #expect(answer.verdict == .restorable && answer.resumable == nil)
        #expect(said.contains { $0.contains("move it away") }, "\(said)")
        test.place.giveUp(session, of: key, for: .vault(.locked(reason: "its key is not at hand")))
        #expect(try bound() == session)
        Files.remove(folder)
        #expect(try test.place.lookUp(key, restoringFor: project).resumable == session)
        #expect(try Files.read(path()) == text)
        #expect(try bound() == session)
    }

    /// Under a configuration that names a key, which is there.
    private func placeWithKey() throws -> (place: Workplace, key: String) {
        let key = try test.scratch.write(String(repeating: "a", count: 64), to: "key")
        try Files.setMode(key, 0o600)
        let settings = try test.settings(#"{"vault": {"encrypt_key_file": "\#(key)"}}"#)
        return (try Workplace(settings: settings), key)
    }

    /// Its key may be on a stick that is not plugged in.
    @Test func aVaultThatCannotBeReadNowCostsNoBinding() throws {
        try keep()
        let (place, keyFile) = try placeWithKey()
        #expect(try Vault.open(place.settings).sealPlain(for: .seconds(60)))
        Files.remove(keyFile)
        var said: [String] = []
        let answer = try place.lookUp(key, restoringFor: project) { said.append($0) }
        #expect(answer.verdict == .restorable && answer.resumable == nil)
        #expect(said.contains { $0.contains("the vault lacks its key") && $0.contains(keyFile) }, "\(said)")
        #expect(try bound() == session)
    }

    /// Nothing that is read is encrypted: that the key is away is no reason to read nothing.
    @Test func aKeyThatIsAwayBlocksNothingThatIsPlain() throws {
        try keep()
        let (place, keyFile) = try placeWithKey()
        Files.remove(keyFile)
        #expect(try place.keptSessions(limit: 9).map(\.session_id) == [session.rawValue])
        #expect(try place.keptDetail(session.rawValue).files.count == 2)
        #expect(try place.verifyVault().checked == 2 && place.verifyVault().locked.isEmpty)
        var archive: [UInt8] = []
        try place.exportKept(session.rawValue) { archive += $0 }
        #expect(!archive.isEmpty)
        #expect(try place.lookUp(key, restoringFor: project).resumable == session)
        #expect(try Files.read(path()) == text)
        // Something new is kept with its key or not at all.
        try Files.add(Said.user("more", uuid: "u3") + "\n", to: path())
        let file = try #require(ClaudeCode().file(path(), in: config)), vault = try Vault.open(place.settings)
        let keeper = SessionKeeper(vault: vault, state: place.settings.state, host: place.host)
        #expect {
            try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds)
        } throws: {
            "\($0)".contains(keyFile) && "\($0)".contains("vault.encrypt_key_file")
        }
        #expect(try vault.counts().plainSegments == 2)
    }

    @Test func nothingIsPutOverAFileWithoutAConversation() throws {
        try keep()
        let path = try path()
        try test.scratch.write("", to: String(path.dropFirst(test.scratch.path.count + 1)))
        let answer = try test.place.lookUp(key, restoringFor: project)
        #expect(answer.verdict == .missing && answer.resumable == nil)
        #expect(try Files.read(path).isEmpty)
    }

    private func damageAll() throws {
        let packs = test.place.settings.state.vault + "/packs"
        for name in try Files.names(in: packs) { try Files.write("broken", to: "\(packs)/\(name)") }
        #expect(try test.place.verifyVault().damaged.count == 2)
    }

    private func archive(_ words: String) throws {
        let entry = EpisodeEntry(uuid: "u1", hash: "h1", role: .user, at: ISOTime.text(1000), text: words)
        let file = FileID(host: "h", path: "/s.jsonl"), bytes: Range<Int64> = 0..<100
        let episode = StoredEpisode(
            id: EpisodeID(file: file, generation: 0, bytes: bytes, content: entry.json), sessionID: session.rawValue,
            dispatchKey: key.rawValue, groupID: "coder", host: "h", sessionFile: "/s.jsonl", file: file, generation: 0,
            bytes: bytes, filterMark: "f", capturedMilliseconds: 1000, entryCount: 1, content: entry.json)
        let store = ArchiveStores.at(test.place.settings.archivePath(host: test.place.host))
        _ = try store.open(id: nil).ingest([episode], nowMilliseconds: 1000)
    }

    /// The verdict and its reason say what can come back, and that is what comes back.
    @Test(arguments: [true, false]) func whatCanComeBackIsSaid(isArchived: Bool) throws {
        try keep()
        #expect(try test.place.explain(key).paragraph.contains("and the vault has it"))
        if isArchived { try archive("MARIGOLD") }
        try damageAll()
        let told = try test.place.explain(key)
        guard isArchived else {
            #expect(told.verdict == .missing, "\(told.paragraph)")
            #expect(try test.place.lookUp(key, restoringFor: project).verdict == .missing)
            return
        }
        #expect(told.verdict == .restorable)
        #expect(told.paragraph.contains("what was said") && told.paragraph.contains("from the archive"))
        #expect(!told.paragraph.contains("the vault has it"))
        #expect(try test.place.lookUp(key, restoringFor: project).resumable == session)
        #expect(try Files.read(path()).contains("MARIGOLD"))
    }

    /// What is damaged for good is given up by a person, and then the status is silent.
    @Test func whatIsDamagedForGoodIsGivenUp() throws {
        try keep()
        try archive("MARIGOLD")
        try damageAll()
        #expect(try test.place.lookUp(key, restoringFor: project).resumable == session)
        let trouble = try #require(try test.place.status().troubles.first { $0.kind == .vault_damaged })
        #expect(trouble.remedy.contains("'holdfast vault prune --damaged'"))
        #expect(try test.place.pruneDamagedVault().damaged.map(\.session_id) == [session.rawValue, session.rawValue])
        #expect(try test.place.verifyVault().damaged.isEmpty)
        #expect(try !test.place.status().troubles.contains { $0.kind == .vault_damaged })
        Files.remove(try path())
        #expect(try test.place.explain(key).verdict == .restorable, "the words are there still")
    }

    /// Whether the words are there nobody can say now: the key loses nothing by that.
    @Test func anArchiveThatCannotBeReadNowCostsNoBinding() throws {
        try keep()
        try damageAll()
        let file = test.place.settings.archivePath(host: test.place.host)
        try test.scratch.write("no archive at all", to: String(file.dropFirst(test.scratch.path.count + 1)))
        let told = try test.place.explain(key)
        #expect(told.verdict == .restorable && told.paragraph.contains("nobody can say now"), "\(told.paragraph)")
        #expect(try test.place.lookUp(key, restoringFor: project).verdict == .restorable)
        #expect(try bound() == session)
    }

    @Test func whatCanNeverBePutBackIsGivenUp() throws {
        try keep()
        test.place.giveUp(session, of: key, for: .notWhole(session, reason: "nothing is left"))
        #expect(try bound() == nil)
    }

    /// A tool may give its results any name that the disk takes; one that cannot be put back is not worth the session.
    @Test func aFileThatCannotBePutBackKeepsNothingElseBack() throws {
        try keep(["\(session)/tool-results/two\nlines.txt"])
        let restored = try #require(try test.place.putBack(session, of: key, for: project))
        #expect(restored.outcome == .whole && restored.files == 2 && restored.left.count == 1)
        #expect(try Files.read(path()) == text)
    }

    /// It was put back, or copied, under the config folder of who asks, and lies no longer under the one it was made in.
    @Test func aCopyUnderTheCallersConfigFolderIsResumed() throws {
        try keep()
        var environment = test.place.settings.environment
        environment["CLAUDE_CONFIG_DIR"] = test.scratch.path + "/other"
        let copy = try test.scratch.write(text, to: "other/projects/-p/\(session).jsonl")
        let lookup = SessionLookup(
            key: key, settings: try Settings.load(environment: environment), host: test.place.host)
        let result = try lookup.run(over: &test.connection)
        #expect(result.verdict == .resumable && result.transcriptPath == copy, "\(result)")
        #expect(try bound() == session)
    }

    /// A home of another name, a container without the old volume, a disk that is new: who asks has a folder of its own,
    /// old, new or none yet.
    @Test(arguments: ["claude", "other"], [false, true])
    func aSessionWhoseFolderIsGoneAsAWholeIsPutBack(folder: String, isInUse: Bool) throws {
        try keep()
        Files.removeFolder(config)
        var environment = test.place.settings.environment
        environment["CLAUDE_CONFIG_DIR"] = "\(test.scratch.path)/\(folder)"
        if isInUse { try test.scratch.write("x", to: "\(folder)/projects/-p/another.jsonl") }
        let place = try Workplace(settings: try Settings.load(environment: environment))
        let looked = try SessionLookup(key: key, settings: place.settings, host: place.host, peek: true)
            .run(over: &test.connection)
        #expect(looked.verdict == .restorable, "\(looked)")
        let answer = try place.lookUp(key, restoringFor: project)
        #expect(answer.resumable == session, "\(answer)")
        let path = try #require(ClaudeCode().place(of: session, for: project, in: "\(test.scratch.path)/\(folder)"))
        #expect(try Files.read(path) == text)
        #expect(try bound() == session)
    }

    /// Nobody tries what lies in a folder that its client does not look into, and nothing is lost by that.
    @Test func aFolderThatIsGoneWithWhatNobodyKeptStartsFreshAndCarries() throws {
        try keep()
        Files.removeFolder(test.place.settings.state.vault)
        Files.removeFolder(config)
        var environment = test.place.settings.environment
        environment["CLAUDE_CONFIG_DIR"] = test.scratch.path + "/other"
        let result = try SessionLookup(
            key: key, settings: try Settings.load(environment: environment), host: test.place.host, peek: true
        ).run(over: &test.connection)
        #expect(result.verdict == .elsewhere && result.resumable == nil && result.reasonToCarry == .elsewhere)
        #expect(try bound() == session)
    }
}
