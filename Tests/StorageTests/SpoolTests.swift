import Domain
import Platform
import Redis
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct SpoolTests {
    private let scratch: Scratch
    private let spool: Spool
    private let key: DispatchKey

    init() throws {
        scratch = try Scratch()
        spool = Spool(folder: scratch.path)
        key = try DispatchKey("coder/spool")
    }

    private func news(_ session: String, _ registry: borrowing Registry) -> SessionNews {
        registry.news(.stopped, session, key) {
            $0.transcript = .found
            $0.moment = HostClock.now()
        }
    }

    @Test func keepsAllThatNewsSays() throws {
        let registry = try Registry()
        var news = news("s", registry)
        news.ancestors = [ClientProcess(pid: 1, startTicks: .max >> 12)]
        news.cwd = "/ü\n\"\\"
        try spool.write(news, pid: 7)
        let name = try #require(spool.names().first)
        #expect(spool.claim(name, for: ProcessTable.own)?.news == news)
    }

    /// Killed before it gave its note the name: a whole one gets it, half a one goes, and that of a writer who lives stays.
    @Test func seesToWhatADeadWriterHasLeft() throws {
        let registry = try Registry()
        try spool.write(news("s", registry), pid: 7)
        let name = try #require(spool.names().first), path = scratch.path + "/" + name
        let text = try Files.read(path)
        Files.remove(path)
        let dead = "999999999-1.tmp", alive = "\(ProcessTable.own.pid)-1.tmp"
        try scratch.write(text, to: "\(name).\(dead)")
        try scratch.write(String(text.dropLast(9)), to: "half.note.\(dead)")
        try scratch.write(text, to: "mine.note.\(alive)")
        #expect(Files.draft("\(name).\(dead)")?.name == name)
        spool.recover()
        #expect(try Files.names(in: scratch.path).sorted() == [name, "mine.note.\(alive)"].sorted())
        #expect(try Files.read(path) == text)
        // What is being written has a name by which its writer is known.
        try Files.write("x", to: scratch.path + "/other")
        #expect(Files.draft("other.7-8.tmp")?.writer == 7 && Files.draft("other") == nil)
    }

    @Test func replaysOnceAndRemoves() throws {
        var registry = try Registry()
        try spool.write(news("s", registry), pid: 7)
        let replay = NoteReplay(spool: spool, registry: registry.registry)
        #expect(try replay.run(over: &registry.connection, limit: 10).replayed == 1)
        #expect(spool.names().isEmpty)
        #expect(try registry.bound(key) == "s")
    }

    @Test func leavesNotesWhereTheyAreWhileRedisIsAway() async throws {
        try await RedisServer.run { server in
            var connection = try server.connect(.hook)
            server.hang()
            let registry = try Registry()
            try spool.write(news("s", registry), pid: 7)
            let replay = NoteReplay(spool: spool, registry: registry.registry)
            #expect(throws: RedisError.self) { try replay.run(over: &connection, limit: 10) }
            #expect(spool.names().count == 1)
            #expect(spool.names()[0].hasSuffix(".note"))
        }
    }

    @Test func putsUnreadableNotesAsideAndGoesOn() throws {
        var registry = try Registry()
        try spool.write(news("s", registry), pid: 7)
        let whole = try Files.read(scratch.path + "/" + spool.names()[0])
        try scratch.write(String(whole.dropLast(9)), to: "0000000000001-1-cut-stopped.note")
        try scratch.write("", to: "0000000000002-1-empty-stopped.note")
        try scratch.write(
            whole.split(separator: "\n").joined(separator: "\n") + "x", to: "0000000000003-1-damaged-stopped.note")
        let replay = NoteReplay(spool: spool, registry: registry.registry)
        #expect(try replay.run(over: &registry.connection, limit: 10).replayed == 1)
        #expect(spool.names().isEmpty)
        #expect(spool.corruptNames.count == 3)
    }

    @Test func tellsTheOthersWhereRedisRefusesSome() throws {
        var registry = try Registry()
        _ = try registry.connection.send(["SET", registry.keys.prefix + "session:poison", "no hash"])
        let poison = news("poison", registry)
        for index in 0..<20 { try spool.write(poison, pid: Int32(index)) }
        try spool.write(news("s", registry), pid: 7)
        let outcome = try NoteReplay(spool: spool, registry: registry.registry).run(
            over: &registry.connection, limit: 5)
        #expect(outcome.replayed == 1)
        #expect(outcome.refused.count == 20)
        #expect(spool.names().count == 20)
        #expect(try registry.bound(key) == "s")
    }

    @Test func respectsTheClaimOfALivingProcessAndTakesThatOfADeadOne() throws {
        let registry = try Registry()
        try spool.write(news("s", registry), pid: 7)
        let own = ProcessTable.own
        _ = try #require(spool.claim(spool.names()[0], for: own))
        #expect(spool.claim(spool.names()[0], for: ClientProcess(pid: 1, startTicks: 1)) == nil)
        // The same number, another start: that process is dead.
        let claimed = scratch.path + "/" + spool.names()[0]
        let note = claimed.split(separator: ".").first.map(String.init) ?? ""
        _ = Files.rename(claimed, to: "/\(note.drop { $0 == "/" }).note.\(own.pid)-1.claim")
        #expect(spool.claim(spool.names()[0], for: own) != nil)
    }

    @Test func keepsOfAnAnswerWhatMayBeKept() throws {
        var registry = try Registry()
        func request(_ answer: String) -> CaptureRequest {
            CaptureRequest(path: "/t/s.jsonl", configDirectory: "/c", answer: answer, promptID: "p", size: 7)
        }
        try spool.write(Note(news: news("s", registry), capture: request("a secret b")), named: "1-7-s-stopped")
        try spool.write(Note(news: news("t", registry), capture: request("secret")), named: "2-7-t-stopped")
        let replay = NoteReplay(spool: spool, registry: registry.registry) { $0.replacing("secret", with: "") }
        #expect(try replay.run(over: &registry.connection).replayed == 2)
        let notes = try spool.waiting.names().map { try Files.read("\(spool.waiting.folder)/\($0)", limit: 1 << 20) }
        #expect(notes.count == 2)
        #expect(notes.compactMap { Note(text: $0)?.capture?.answer } == ["a  b"])
        #expect(Note(text: notes[0])?.capture?.size == 7)
    }

    @Test func leavesAFreshNoteToItsCapturer() throws {
        var registry = try Registry()
        try spool.write(news("s", registry), pid: 7)
        let replay = NoteReplay(spool: spool, registry: registry.registry)
        #expect(try replay.run(over: &registry.connection, limit: 10, minimumAge: 60_000).replayed == 0)
        #expect(spool.names().count == 1)
    }

    @Test func twentyReplayersTellEachNoteOnce() async throws {
        var registry = try Registry()
        for index in 0..<10 { try spool.write(news("s\(index)", registry), pid: 7) }
        let replay = NoteReplay(spool: spool, registry: registry.registry)
        let server = try RedisServer.ofSuite()
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    var connection = try server.connect()
                    return try replay.run(over: &connection, limit: 100).replayed
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 10)
        #expect(try registry.record("s9")["turns"] == "1")
    }

    @Test func mirrorsBindingsAndDropsTheOneItMeans() throws {
        let mirror = BindingMirror(folder: scratch.path)
        let id = try #require(SessionID(rawValue: "s"))
        let other = try #require(SessionID(rawValue: "t"))
        let binding = Binding(
            dispatchKey: key, sessionID: id, lastUsedMilliseconds: 5, host: "h", configDirectory: "/c", cwd: "/p",
            transcriptPath: "/t")
        try mirror.save(binding)
        #expect(mirror.binding(of: key) == binding)
        mirror.drop(key, session: other)
        #expect(mirror.binding(of: key) == binding)
        mirror.drop(key, session: id)
        #expect(mirror.binding(of: key) == nil)
    }
}
