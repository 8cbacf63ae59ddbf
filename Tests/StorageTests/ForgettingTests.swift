import Domain
import Platform
import Redis
import Storage
import TestSupport
import Testing

/// What Redis holds of a session or an episode goes, wherever it stands.
@Suite(.redisServer) struct ForgettingTests {
    private func entry(_ uuid: String, _ text: String) -> EpisodeEntry {
        EpisodeEntry(uuid: uuid, hash: "h", role: .user, at: "2026-01-01T00:00:00.000Z", text: text)
    }

    @Test func forgetsASessionAndItsBindings() throws {
        var registry = try Registry()
        let key = try DispatchKey("coder/1"), other = try DispatchKey("coder/2")
        let session = try #require(SessionID(rawValue: "s"))
        for key in [key, other] {
            try registry.tell(.started, "s", key) { $0.source = "startup" }
            registry.pass(10)
            try registry.tell(.stopped, "s", key) { $0.transcript = .found }
            registry.pass(10)
        }
        try registry.tell(.started, "t", other) { $0.source = "startup" }
        registry.pass(10)
        let forgetting = registry.registry.forgetting(
            session, of: [key, other], host: "h", maxAgeMilliseconds: 86_400_000, at: registry.moment)
        #expect(try registry.connection.run(forgetting, now: registry.now))
        #expect(try registry.connection.ask(registry.registry.session(session)) == nil)
        #expect(try registry.connection.ask(registry.registry.binding(key)) == nil)
        #expect(try registry.connection.ask(registry.registry.binding(other))?.candidateID?.rawValue == "t")
        for set in [registry.keys.sessions, registry.keys.open, registry.keys.bindings] {
            #expect(try !registry.connection.ask(ZRANGE(set, 0..<9)).contains("s"))
        }
        #expect(try !registry.connection.run(forgetting))
        // Late news binds it no more.
        try registry.tell(.stopped, "s", key) { $0.transcript = .found }
        #expect(try registry.connection.ask(registry.registry.binding(key))?.sessionID == nil)
    }

    /// In whatever state an episode is; who works on it finds that it is gone.
    @Test func forgetsEpisodesWhereverTheyStand() throws {
        var pool = try Pool()
        let leased = try pool.push("1")
        let lease = try #require(try pool.claim().leases.first)
        let ids = [leased, try pool.push("2"), try pool.push("3", archived: false)]
        let kept = try pool.push("4")
        #expect(try pool.run(pool.queue.forgettingEpisodes(ids)) == 3)
        #expect(try pool.complete([lease]) == [.gone])
        for id in ids { #expect(try pool.fields(id).isEmpty) }
        let keys = pool.queue.keys
        for set in [keys.schedule, keys.leases, keys.dead, keys.unarchived, keys.pending, keys.failed, keys.done] {
            #expect(try Set(pool.ids(at: set)).isDisjoint(with: ids))
        }
        #expect(try pool.ids(.scheduled) == [kept])
        #expect(try pool.connection.reconcile(pool.queue, now: pool.now) == 0)
        #expect(try pool.run(pool.queue.forgettingEpisodes(ids)) == 0)
    }

    @Test func leavesWhatIsLeftOfAnEpisodeAndTakesItFromItsWorker() throws {
        var pool = try Pool()
        let content = [entry("u1", "the secret"), entry("u2", "the rest")].map(\.json).joined(separator: "\n")
        let id = try pool.push(content)
        let lease = try #require(try pool.claim().leases.first)
        var forgotten = Forgotten()
        forgotten.messages = ["u1"]
        let record = try #require(try pool.record(id))
        let forgetting = try #require(pool.queue.forgetting(forgotten, in: record, of: id))
        #expect(try pool.connection.carryOut(forgetting, in: pool.queue))
        #expect(try !pool.connection.carryOut(forgetting, in: pool.queue), "it is not what it was any more")
        let after = try #require(try pool.record(id))
        #expect(after.content == entry("u2", "the rest").json && after.entryCount == 1)
        #expect(after.sha256 == SHA256.hexadecimal(of: after.content ?? ""))
        #expect(try pool.complete([lease]) == [.lost])
        #expect(try pool.ids(.scheduled) == [id])
        #expect(try pool.connection.reconcile(pool.queue) == 0)
        #expect(pool.queue.forgetting(forgotten, in: after, of: id) == nil)
        let again = try #require(
            try pool.connection.run(pool.queue.claiming(1, owner: "b", token: "u", held: 0)).leases.first)
        #expect(again.content == after.content)
    }

    @Test func forgetsWhatWasSaidUnderAKey() throws {
        var registry = try Registry()
        let keys = registry.keys
        let conversation = RedisKey(keys.prefix + "conversation:coder/1"),
            carry = RedisKey(keys.prefix + "carry:coder/1")
        let other = RedisKey(keys.prefix + "conversation:coder/2")
        let shown = keys.carryMessages(try DispatchKey("coder/1"))
        let said = ["a", "b"].map { #"{"role":"user","session":"\#($0)","text":"say \"word-\#($0)\""}"# }
        func fill() throws {
            for key in [conversation, other, shown] { _ = try registry.connection.send(["RPUSH", key.name] + said) }
            _ = try registry.connection.send(["SET", carry.name, said[0]])
        }
        func left() throws -> [[String]] {
            try [conversation, other, shown].map { try registry.connection.send(["LRANGE", $0.name, "0", "-1"]) }
                .map { ($0.array ?? []).compactMap(\.text) }
        }
        func forget(_ wish: ForgetWish) throws -> Int {
            let words = SaidWords(registry.registry)
            let parts = try words.parts(wish, over: &registry.connection)
            try words.remove(parts, over: &registry.connection)
            #expect(try words.parts(wish, over: &registry.connection).isEmpty)
            return parts.reduce(0) { $0 + $1.count }
        }
        try fill()
        #expect(try forget(.text(#require(SoughtText("say \"word-a\"")))) == 4)
        #expect(
            try left() == [[said[1]], [said[1]], [said[1]]] && registry.connection.send(["GET", carry.name]) == .null)
        #expect(try forget(.session(#require(SessionID(rawValue: "b")))) == 3)
        #expect(try left() == [[], [], []])
        try fill()
        #expect(try forget(.key(DispatchKey("coder/1"))) == 3)
        #expect(try left() == [[], said, []] && registry.connection.send(["EXISTS", carry.name]) == .integer(0))
    }

    @Test func findsATextInAnyKindOfKey() throws {
        var registry = try Registry()
        let keys = registry.keys, prefix = keys.prefix
        let commands = [
            ["SET", "string", "x ibexword"], ["HSET", "hash", "field", #"a \"ibexword\" b"#],
            ["RPUSH", "list", "ibexword"],
            ["SADD", "set", "ibexword"], ["ZADD", "zset", "1", "ibexword"], ["XADD", "stream", "*", "f", "ibexword"],
            ["SET", "the-ibexword", "1"], ["SET", "none", "nothing"],
        ]
        for words in commands { _ = try registry.connection.send([words[0], prefix + words[1]] + words[2...]) }
        let found = try registry.connection.keys(holding: #require(SoughtText("ibexword")), of: keys)
        #expect(found == commands.dropLast().map { prefix + $0[1] }.sorted())
    }
}

/// The files of a server are written anew, and hold nothing of what was removed before.
@Suite struct ServerFilesTests {
    private func isIn(_ folder: String, _ word: String) throws -> Bool {
        try Files.names(in: folder).contains { name in
            let path = folder + "/" + name
            guard !Files.isFolder(path) else { return try isIn(path, word) }
            guard Files.isRegularFile(path) else { return false }
            return ByteSearch.contains(String(decoding: try Files.bytes(path, limit: 1 << 28), as: UTF8.self), word)
        }
    }

    @Test(arguments: [
        (["--appendonly", "yes", "--appendfsync", "everysec", "--rdbcompression", "no"], ServerFiles.Outcome.written),
        (["--save", "3600 1", "--rdbcompression", "no"], .written), ([], .none),
    ])
    func areWrittenAnew(arguments: [String], outcome: ServerFiles.Outcome) async throws {
        let scratch = try Scratch()
        try await RedisServer.run(arguments: arguments + ["--dir", scratch.path]) { server in
            var connection = try server.connect(.companion)
            _ = try connection.send(["SET", "k", "the lemmingword is said"])
            if arguments.first == "--save" { _ = try connection.send(["SAVE"]) }
            if outcome == .written { try await poll("it is on the disk") { try isIn(scratch.path, "lemmingword") } }
            _ = try connection.send(["DEL", "k"])
            #expect(try ServerFiles.writeAnew(over: &connection) == outcome)
            try await poll("the old files are gone") { try !isIn(scratch.path, "lemmingword") }
        }
    }

    @Test func sayWhenTheyAreNot() async throws {
        try await RedisServer.run(arguments: ["--rename-command", "INFO", ""]) { server in
            var connection = try server.connect(.companion)
            guard case .refused = try ServerFiles.writeAnew(over: &connection) else {
                Issue.record("a server that says nothing of its files")
                return
            }
        }
    }
}
