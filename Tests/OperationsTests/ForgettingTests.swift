import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts
import Vault

/// What is forgotten where nothing was archived yet: Redis, the spool, and the other files of the state folder.
@Suite(.redisServer) struct ForgettingTests {
    private func forget(_ wish: ForgetWish, _ test: TestPlace) throws -> ForgetAnswer {
        try #require(try test.place.forget(wish, isDryRun: false) { _ in true })
    }

    private func text(_ text: String) throws -> ForgetWish { .text(try #require(SoughtText(text))) }

    private func note(
        _ session: String, _ test: TestPlace, in spool: Spool, answer: String? = nil, cwd: String = "/p"
    ) throws -> String {
        let id = try #require(SessionID(rawValue: session))
        var news = SessionNews(
            .stopped, of: id, key: try DispatchKey("coder/1"), at: HostClock.now(), host: test.place.host,
            maxSessionAgeMilliseconds: 1000)
        news.cwd = cwd
        try Files.makeFolder(spool.folder)
        return try spool.write(
            Note(news: news, capture: CaptureRequest(path: "/t.jsonl", configDirectory: "/c", answer: answer)),
            named: "\(session)-\(answer == nil ? 0 : 1)")
    }

    @Test func aTextLeavesEveryFileOfTheStateFolder() throws {
        let test = try TestPlace()
        let state = test.place.settings.state, spool = Spool(folder: state.spool)
        let answered = try note("s1", test, in: spool.waiting, answer: "it is emuword, as you said")
        let named = try note("s2", test, in: spool, cwd: "/home/emuword")
        let kept = try note("s3", test, in: spool.history, answer: "it is herons")
        let half = state.spool + "/9.note.1-2.tmp", corrupt = state.spool + "/8.note.corrupt"
        for path in [half, corrupt] { try Files.write(#"cut off: "em\u0075word" and"#, to: path) }
        try test.scratch.write("{\"a\":\"emuword\"}\n{\"a\":\"heron\"}\n", to: "state/import/1.jsonl")
        try test.scratch.write("emuword\n", to: "state/import/2.jsonl.refused")
        try test.scratch.write(#"{"text":"emuword","said_ms":1,"wants_memory":true}"#, to: "state/added/a.json")
        try test.scratch.write("12:00 a provider said emuword\n12:01 emuword again\n", to: "state/log/companion.log")
        try test.scratch.write("1\nemuword", to: "state/notice")
        let folder = RecallFolder(state)
        let titles = try [("1", "On emuword"), ("2", "On herons")].map { digit, title in
            MemoryTitle(
                episode: try #require(EpisodeID(rawValue: String(repeating: digit, count: 32))), session: "s",
                dispatchKey: "coder/1", project: "-p", milliseconds: 1, title: title)
        }
        try folder.replace(with: titles)
        let archive = test.place.settings.archivePath(host: test.place.host)
        let aside = archive + ".corrupt-17", other = archive + ".corrupt-18"
        try Files.makeFolder(String(archive[..<(archive.lastIndex(of: "/") ?? archive.startIndex)]))
        // Across the border of what is read at once.
        try Files.write(String(repeating: "x", count: (4 << 20) - 3) + "emuword", to: aside)
        try Files.write("herons", to: other)
        let redis = "redis/appendonlydir.damaged-17/appendonly.aof.1.incr.aof"
        try test.scratch.write("*1 emuword", to: "state/" + redis)

        let answer = try forget(text("emuword"), test)
        let proof = try #require(answer.proof)
        #expect(answer.outcome == .forgotten, "\(proof.remains) \(proof.unseen)")
        #expect(proof.files > 5 && proof.bytes > 0 && proof.pieces == 1)
        let counts = Dictionary(uniqueKeysWithValues: answer.found.map { ($0.what, $0.count) })
        #expect(
            counts == [
                "notes": 4, "lines that wait to be imported": 2, "texts that wait to be added": 1, "logs": 1,
                "marks": 1, "titles of memories": 2,
                "damaged files that were put aside": 2,
            ])
        for path in [named, half, corrupt, aside, "\(state.path)/\(redis)"] { #expect(!Files.exists(path), "\(path)") }
        for path in [kept, other] { #expect(Files.exists(path)) }
        #expect(folder.titles(of: .key("coder/1")) == [titles[1]] && folder.titles(of: .project("-p")) == [titles[1]])
        let note = try #require(Note(text: Files.read(answered)))
        #expect(note.capture != nil && note.capture?.answer == nil, "what its transcript holds is still captured")
        #expect(test.scratch.read("state/import/1.jsonl") == "{\"a\":\"heron\"}\n")
        #expect(
            test.scratch.read("state/log/companion.log") == "12:00 a provider said xxxxxxx\n12:01 xxxxxxx again\n")
        let tombstone = try #require(test.scratch.read("state/forgotten/s1"))
        #expect(tombstone.hasPrefix("part - -\nmessage #") && !tombstone.contains("emuword"))
        // A second time there is nothing, but that it was begun.
        #expect(throws: Failure.self) { try forget(text("ostrichword"), test) }
    }

    @Test func aSessionLeavesRegistryMirrorAndSpool() throws {
        let test = try TestPlace()
        let session = try #require(SessionID(rawValue: "s1")), key = try DispatchKey("coder/1")
        try test.bind("s1", "coder/1")
        try test.bind("s9", "coder/9")
        let mirror = BindingMirror(folder: test.place.settings.state.bindings)
        for (name, id) in [("coder/1", session), ("coder/3", session)] {
            try mirror.save(
                Binding(
                    dispatchKey: DispatchKey(name), sessionID: id, lastUsedMilliseconds: 1, host: test.place.host,
                    configDirectory: "", cwd: "", transcriptPath: ""))
        }
        let spool = Spool(folder: test.place.settings.state.spool)
        let own = try note("s1", test, in: spool.waiting, answer: "it is emus"), other = try note("s9", test, in: spool)
        UncapturedMarks(test.place.settings.state).add(session, path: "/x", "why")
        let first = try test.push("emuword of another")  // Its session is "s1".
        let content = EpisodeEntry(uuid: "u1", hash: "h", role: .user, at: "", text: "herons").json
        let second = try test.push(content)

        let answer = try forget(.session(session), test)
        #expect(answer.outcome == .forgotten, "\(String(describing: answer.proof))")
        #expect(answer.sessions == ["s1"])
        #expect(try test.connection.ask(test.queue.exist([first, second])) == [false, true])
        #expect(try test.connection.ask(test.place.registry.session(session)) == nil)
        #expect(try test.connection.ask(test.place.registry.binding(key)) == nil)
        #expect(try test.connection.ask(test.place.registry.binding(DispatchKey("coder/9"))) != nil)
        #expect(mirror.keys(of: [session]).isEmpty && !Files.exists(own) && Files.exists(other))
        #expect(UncapturedMarks(test.place.settings.state).all(since: 0).isEmpty)
        #expect(answer.proof?.pieces == 1)
        // Run again it looks everywhere again, and knows no words any more by which a file could be searched.
        let again = try forget(.session(session), test)
        #expect(again.outcome == .unproven && again.proof?.remains == [])
        #expect(again.proof?.unseen.contains { $0.contains("known no more") } ?? false, "\(again.lines)")
    }

    /// Where nothing was looked for nothing is proven, and what is short is looked for as a whole.
    @Test(arguments: [("my pin is 4711", false), ("hippo", true)])
    func aShortMessageIsLookedForOrNotProven(said: String, isTooShort: Bool) throws {
        let test = try TestPlace()
        let session = try #require(SessionID(rawValue: "s1"))
        _ = try test.push(EpisodeEntry(uuid: "u1", hash: "h", role: .user, at: "", text: said).json)
        try test.scratch.write("it said: \(said)\n", to: "state/mynotes.txt")
        let answer = try forget(.session(session), test)
        let proof = try #require(answer.proof)
        #expect(answer.outcome == .unproven)
        #expect(proof.remains.isEmpty == isTooShort && proof.unseen.isEmpty == !isTooShort, "\(proof)")
    }

    /// What a bot added under a key stands in its conversation alone.
    @Test(arguments: [("my pin is 4711", false), ("hippo", true)])
    func wordsOfAConversationAreLookedForToo(said: String, isTooShort: Bool) throws {
        let test = try TestPlace()
        let key = try DispatchKey("bot/1")
        let message = ConversationMessage(id: "m1", role: .user, milliseconds: HostClock.wallMilliseconds, text: said)
        let addition = ConversationAddition([message], to: key, ConversationPolicy(), isCaptured: false)
        #expect(try test.connection.run(Conversations(keys: test.keys).adding(addition)) == 1)
        try test.scratch.write("it said: \(said)\n", to: "state/mynotes.txt")
        let answer = try forget(.key(key), test)
        let proof = try #require(answer.proof)
        #expect(answer.outcome == .unproven)
        #expect(proof.remains.isEmpty == isTooShort && proof.unseen.isEmpty == !isTooShort, "\(proof)")
    }

    /// Of whom nothing was said nothing is to be looked for.
    @Test func aSessionWithoutWordsIsForgotten() throws {
        let test = try TestPlace()
        let session = try #require(SessionID(rawValue: "s1"))
        try test.bind("s1", "coder/1")
        #expect(try forget(.session(session), test).outcome == .forgotten)
    }

    /// What nobody here can look into, and what is not removed, is said; nobody takes silence for an answer.
    @Test func saysWhatIsNotProven() throws {
        let test = try TestPlace()
        _ = try test.push(EpisodeEntry(uuid: "u1", hash: "h", role: .user, at: "", text: "emuword").json)
        let name = RedisKey(test.keys.prefix + "the-emuword")
        _ = try test.connection.send(["SET", name, "1"])
        _ = try test.connection.run(
            Beat(test.keys, host: "elsewhere", pid: 7, version: "1", startedMilliseconds: 1, report: CompanionReport()))
        // An export of the vault, as somebody may have left it there.
        try Files.write([0x28, 0xB5, 0x2F, 0xFD, 0, 0], to: test.place.settings.state.path + "/session.tar.zst")
        let answer = try forget(text("emuword"), test)
        let proof = try #require(answer.proof)
        #expect(answer.outcome == .unproven)
        #expect(proof.remains == ["the key \(name) of Redis"])
        #expect(proof.unseen.count == 2 && proof.unseen[0].contains("elsewhere"))
        #expect(proof.unseen[1].contains("session.tar.zst"))
        #expect(answer.lines.contains { $0.hasPrefix("STILL THERE") })
    }

    /// A server whose files lie where nobody here can look.
    @Test func saysThatTheFilesOfAForeignServerAreNotSeen() async throws {
        try await RedisServer.run(arguments: ["--appendonly", "yes"]) { server in
            let test = try TestPlace(server: server)
            _ = try test.push(EpisodeEntry(uuid: "u1", hash: "h", role: .user, at: "", text: "emuword").json)
            let proof = try #require(try forget(text("emuword"), test).proof)
            #expect(proof.remains.isEmpty && proof.unseen.count == 1)
            #expect(proof.unseen[0].hasPrefix("the files of Redis at unix:"))
        }
    }

    private static let parent = "0f3c1a52-1111-4222-8333-00000000000a"
    private static let fork = "0f3c1a52-1111-4222-8333-00000000000b"

    private func keep(_ lines: [String], of session: String, _ test: TestPlace) throws -> Vault {
        let path = try test.scratch.write(
            lines.map { $0 + "\n" }.joined(), to: "claude/projects/-p/\(session).jsonl")
        let settings = test.place.settings
        let vault = try Vault.open(settings)
        _ = try SessionKeeper(vault: vault, state: settings.state, host: test.place.host).keep(
            try #require(ClaudeCode().file(path, in: test.scratch.path + "/claude")), isHurried: true,
            now: HostClock.wallMilliseconds)
        return vault
    }

    private func kept(_ session: String, _ vault: Vault) throws -> String {
        let id = try #require(SessionID(rawValue: session))
        let file = try #require(try vault.session(id)?.transcript)
        return String(decoding: try file.segments.flatMap { try vault.content(of: $0) }, as: UTF8.self)
    }

    /// A fork's transcript begins with copies of its parent's lines, and calls its parent's first prompt its last, time and again.
    @Test func aSessionLeavesTheVaultWithTheCopiesThatForksHave() throws {
        let test = try TestPlace()
        let said = ["u1", "u2"].map { Said.user("emuword, and again", uuid: $0) }
        let own = Said.user("herons", uuid: "u3")
        _ = try keep(said, of: Self.parent, test)
        let prompt = #"{"type":"last-prompt","lastPrompt":"emuword, and again"}"#
        let vault = try keep(said + [own, prompt], of: Self.fork, test)
        let parent = try #require(SessionID(rawValue: Self.parent))
        let answer = try forget(.session(parent), test)
        #expect(answer.outcome == .forgotten, "\(String(describing: answer.proof))")
        #expect(answer.proof?.pieces == 1)
        #expect(try vault.session(parent) == nil)
        #expect(try kept(Self.fork, vault) == own + "\n")
        let next = Said.user("egrets", uuid: "u4")
        _ = try keep(said + [own, prompt, next, prompt], of: Self.fork, test)
        #expect(try kept(Self.fork, vault) == own + "\n" + next + "\n")
    }

    /// Who means the keys of an agent, or mistypes one, is told which there are.
    @Test func whatIsNoKeyIsAnsweredWithTheKeysThatMayBeMeant() throws {
        let test = try TestPlace()
        try test.bind("s1", "coder/issue-1")
        try test.bind("s2", "coder/issue-2")
        for (name, words) in [
            ("coder", "coder/issue-1, coder/issue-2"), ("coder/isue-1", "did you mean coder/issue-1?"),
        ] {
            let wish = ForgetWish.key(try DispatchKey(name))
            #expect { try forget(wish, test) } throws: { "\($0)".contains(words) }
        }
    }

    /// Nobody can say what stands in what is damaged: it goes, and that is told before and afterwards.
    @Test func whatIsDamagedGoesAlongAndIsTold() throws {
        let test = try TestPlace()
        _ = try keep([Said.user("herons", uuid: "u1")], of: Self.parent, test)
        let packs = test.place.settings.state.vault + "/packs"
        try Files.write("broken", to: "\(packs)/\(try #require(try Files.names(in: packs).first))")
        #expect { try forget(text("emuword"), test) } throws: { "\($0)".contains("nothing is recorded") }
        _ = try keep([Said.user("emuword", uuid: "u2")], of: Self.fork, test)
        let found = try #require(try test.place.forget(text("emuword"), isDryRun: true) { _ in false })
        let damaged = "1 damaged segments, which nobody can read in the vault"
        #expect(found.lines.contains(damaged) && found.damaged_sessions == [Self.parent])
        let answer = try forget(text("emuword"), test)
        #expect(answer.outcome == .forgotten && answer.lines.contains(damaged))
        #expect(answer.lines.contains { $0.contains("damaged segments go with it: \(Self.parent)") })
        let shown = try #require(try test.place.keptDetail(Self.parent).files.first)
        #expect(shown.holes.isEmpty && shown.damaged.isEmpty)
        #expect(shown.excluded.map(\.reason) == ["damaged, and taken out when something was forgotten"])
    }

    /// What the vault has not taken in yet, and would a minute later: results beside the transcript, prompts told again, and
    /// names that are words.
    @Test func aTextIsNotKeptLater() throws {
        let test = try TestPlace()
        let first = Said.user("herons", uuid: "u1")
        _ = try keep([first, Said.user("x", uuid: "an emuword")], of: Self.parent, test)
        let result = "\(Self.parent)/tool-results/b.txt"
        let path = try test.scratch.write("the\nemuword", to: "claude/projects/-p/\(result)")
        let answer = try forget(text("emuword"), test)
        #expect(answer.outcome == .forgotten, "\(String(describing: answer.proof))")
        #expect(answer.transcripts.contains(path))
        let told = [
            first, Said.user("x", uuid: "an emuword"), #"{"type":"queue-operation","content":"emuword"}"#,
            Said.user("egrets", uuid: "u4"),
        ]
        let vault = try keep(told, of: Self.parent, test)
        #expect(try kept(Self.parent, vault) == told[0] + "\n" + told[3] + "\n")
        var words: [String] = []
        try vault.forEachPassage { words.append(String(decoding: $0.bytes, as: UTF8.self)) }
        #expect(!words.contains { $0.contains("emuword") }, "\(words)")
    }

    @Test func removesNothingUnlessItIsConfirmed() throws {
        let test = try TestPlace()
        let id = try test.push(EpisodeEntry(uuid: "u1", hash: "h", role: .user, at: "", text: "emuword").json)
        #expect(try test.place.forget(text("emuword"), isDryRun: true) { _ in true }?.outcome == .found)
        #expect(try test.place.forget(text("emuword"), isDryRun: false) { $0.found.isEmpty } == nil)
        #expect(try test.connection.ask(test.queue.exist([id])) == [true])
        #expect(!Files.exists(test.place.settings.state.forgotten))
    }
}
