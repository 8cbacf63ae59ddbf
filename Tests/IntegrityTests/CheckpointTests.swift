import Archive
import Domain
import Glibc
import Integrity
import Platform
import Redis
import SecondCopy
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct CheckpointTests {
    private let host: TestHost

    private let session: SessionID
    private let episode: EpisodeID

    init() throws {
        host = try TestHost()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789001"))
        episode = try #require(EpisodeID(rawValue: String(repeating: "a", count: 32)))
    }

    /// A key of every kind that comes back.
    private func fill() throws {
        let keys = host.keys, pool = host.pool, key = try DispatchKey("coder/1")
        for words in [
            ["HSET", keys.binding(key).name, "session_id", session.rawValue, "last_used_ms", "100"],
            ["HSET", keys.session(session).name, "last_used_ms", "100", "cwd", "/p \"x\" ü"],
            ["ZADD", keys.sessions.name, "100", session.rawValue],
            ["ZADD", keys.bindings.name, "9e15", key.rawValue],
            ["RPUSH", keys.conversation(key).name, #"{"text":"one"}"#, #"{"text":"two\n"}"#],
            ["SET", keys.cleared(key).name, "5"], ["SADD", keys.circuits.name, "a:1", "b:2"],
            ["HSET", pool.cursor(FileID(host: "box-1", path: "/t/f.jsonl")).name, "offset", "50", "generation", "0"],
            ["ZADD", pool.schedule.name, "1.5", episode.rawValue],
            ["HSET", pool.episode(episode).name, "content", "{}"],
            ["SET", keys.lock(key).name, "somebody", "PX", "30000"],
            ["XADD", keys.events.name, "*", "kind", "x"],
            ["PEXPIRE", keys.conversation(key).name, "3600000"],
        ] { _ = try host.redis(words) }
    }

    @Test func allKeysComeBackButThoseThatPass() throws {
        try fill()
        let before = try host.values()
        #expect(before.count == 10)
        let id = try host.make().id
        try host.removeAllKeys()
        #expect(try host.giveBackKeys(of: id, isDryRun: true).missing == 10)
        #expect(try host.values().isEmpty)
        #expect(try host.giveBackKeys(of: id).missing == 10)
        #expect(try host.values() == before)
        let left = try host.redis(["PTTL", host.keys.conversation(DispatchKey("coder/1")).name]).integer ?? 0
        #expect((3_000_000...3_600_000).contains(left))
        #expect(try host.giveBackKeys(of: id) == CheckpointRestore.KeyTally(there: 10))
    }

    @Test func nothingYoungerIsTakenAway() throws {
        try fill()
        let keys = host.keys, key = try DispatchKey("coder/1"), id = try host.make().id
        let other = "0f3c1a52-1111-4222-8333-123456789002"
        for words in [
            ["HSET", keys.binding(key).name, "session_id", other, "last_used_ms", "200"],
            ["HSET", keys.session(session).name, "last_used_ms", "50"],
            ["ZADD", keys.sessions.name, "300", other], ["ZREM", keys.sessions.name, session.rawValue],
            ["RPUSH", keys.conversation(key).name, #"{"text":"three"}"#],
            ["HSET", host.pool.cursor(FileID(host: "box-1", path: "/t/f.jsonl")).name, "offset", "80"],
        ] { _ = try host.redis(words) }
        let tally = try host.giveBackKeys(of: id)
        #expect(tally == CheckpointRestore.KeyTally(there: 7, replaced: 2, members: 1))
        #expect(try host.redis(["HGET", keys.binding(key).name, "session_id"]).text == other)
        #expect(try host.redis(["HGET", keys.session(session).name, "last_used_ms"]).text == "100")
        #expect(try host.redis(["ZRANGE", keys.sessions.name, "0", "-1"]).array?.count == 2)
        #expect(try host.redis(["LLEN", keys.conversation(key).name]).integer == 3)
        // What was captured since is read again from there: known twice is better than never.
        #expect(
            try host.redis(["HGET", host.pool.cursor(FileID(host: "box-1", path: "/t/f.jsonl")).name, "offset"]).text
                == "50")
    }

    @Test func anArchiveComesBackWithWhatTheOtherHad() throws {
        try host.archived(1, "the first words")
        let id = try host.make().id
        try host.archived(2, "the second words")
        let aside = try #require(try CheckpointRestore(id, settings: host.settings, host: host.host).archive())
        #expect(Files.exists(aside))
        let store = host.archiveStore
        #expect(store.needsRebuilding)
        let archive = try store.open(id: nil)
        #expect(try archive.counts().episodes == 1)
        #expect(try store.salvage(into: archive)?.stored == 1)
        #expect(try archive.search("second").count == 1)
        #expect(try archive.search("first").count == 1)
    }

    @Test func whatHasNotChangedIsKeptOnce() throws {
        try host.archived(1, String(repeating: "many words ", count: 100_000))
        let first = try host.make(), second = try host.make()
        #expect(first.id != second.id)
        #expect(first.written_bytes > 0)
        #expect(second.written_bytes < 1000)
        #expect(second.archive == first.archive)
    }

    @Test func oneThatIsDamagedGivesNothingBack() throws {
        try fill()
        let made = try host.make()
        let digest = try #require(made.redis?.file.blocks.first), path = host.store.blocks.file(digest)
        var bytes = try Files.bytes(path, limit: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: path)
        #expect(throws: IntegrityError.self) {
            try CheckpointRestore(made.id, settings: host.settings, host: host.host)
        }
        Files.remove(path)
        #expect(throws: IntegrityError.self) {
            try CheckpointRestore(made.id, settings: host.settings, host: host.host)
        }
        // A manifest, too.
        try Files.write(
            "x" + Files.read(host.store.file(made.id), limit: 1 << 20).dropFirst(), to: host.store.file(made.id))
        #expect(throws: IntegrityError.self) { try host.store.checkpoint(made.id) }
    }

    @Test func aNewerFormIsSaid() throws {
        let made = try host.make()
        let text = try Files.read(host.store.file(made.id), limit: 1 << 20)
        let body = text.drop { $0 != "\n" }.dropFirst().replacing(#""form":1"#, with: #""form":7"#)
        try Files.write(BlockStore.digest(Array(body.utf8)) + "\n" + body, to: host.store.file(made.id))
        #expect(throws: IntegrityError.newer(version: 7, known: 1)) { try host.store.checkpoint(made.id) }
    }

    @Test func blocksThatNobodyNamesGo() throws {
        let hour: Int64 = 3_600_000, now = HostClock.wallMilliseconds
        for age in 0..<100 as Range<Int64> {
            try Files.write("{ \"pool\": \"p\(age)\" }", to: host.scratch.path + "/config/agents.json")
            _ = try host.make(.hourly, at: now - (99 - age) * hour)
        }
        let gone = try host.store.prune(now: now)
        let ids = try host.store.ids()
        #expect(ids.count == 100 - gone.count)
        #expect((24...32).contains(ids.count))
        let named = try ids.reduce(into: Set<String>()) { $0.formUnion(try host.store.checkpoint($1).blocks) }
        #expect(try host.store.blocks.digests() == named)
        for id in ids { _ = try CheckpointRestore(id, settings: host.settings, host: host.host) }
        // One that nobody can read may name any: they stay.
        try Files.write("rubbish", to: host.store.file(ids[0]))
        try host.store.prune(now: now + 50 * 24 * hour)
        #expect(try host.store.blocks.digests() == named)
    }

    @Test func filesComeBackAndNothingGoesElsewhere() throws {
        let state = host.settings.state
        try Files.makeFolder(state.forgotten)
        try Files.write("tombstone", to: state.forgotten + "/one")
        let id = try host.make().id
        Files.remove(state.forgotten + "/one")
        try Files.write(#"{"pool": "other"}"#, to: host.scratch.path + "/config/holdfast.json")
        let restore = try CheckpointRestore(id, settings: host.settings, host: host.host)
        #expect(try restore.files().count { $0.fate == .differs } == 1)
        #expect(try restore.putBackFiles().count == 2)
        #expect(try Files.read(state.forgotten + "/one") == "tombstone")
        #expect(try Files.read(host.scratch.path + "/config/holdfast.json").contains("other"))
        #expect(try Files.read(host.scratch.path + "/config/holdfast.json.of-\(id)") == "{}")
        for path in ["../x", "/etc/x", "a/../../x", ""] {
            #expect(!SmallFile(folder: .state, path: path, text: "").isSound)
        }
    }

    @Test func whatIsOnlyOfANewerFormOrCannotBeReadNowStays() throws {
        let made = try host.make(), digest = try #require(made.redis?.file.blocks.first ?? made.blocks.first)
        let manifest = host.store.file(made.id)
        let body = try Files.read(manifest, limit: 1 << 20).drop { $0 != "\n" }.dropFirst()
            .replacing(#""form":1"#, with: #""form":7"#)
        try Files.write(BlockStore.digest(Array(body.utf8)) + "\n" + body, to: manifest)
        // A folder in its place is read by nobody, and is no block that was altered.
        let path = host.store.blocks.file(digest), aside = path + ".aside"
        try #require(Files.rename(path, to: aside))
        try Files.makeFolder(path)
        #expect(try host.store.removeDamaged())
        #expect(Files.exists(manifest) && Files.exists(path))
        let isDone = try host.store.exclusively { try host.store.removeDamaged() }
        #expect(isDone == false)
    }

    @Test func whatIsAddedAMomentTooLateIsToldTheNextTime() throws {
        var none: RedisConnection?
        let copy = HostCopy(settings: host.settings, host: host.host)
        func told() throws -> String {
            try copy.ownFiles.filter { $0.hasSuffix(".jsonl") }.map { try Files.read($0, limit: 1 << 20) }.joined()
        }
        // The archive notes each at 1 ms; the first look is later than that.
        try host.archived(1, "the first words")
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 50_000)
        #expect(try told().contains("the first words"))
        try host.archived(2, "the second words")
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 60_000)
        #expect(try told().contains("the second words"))
        // A clock that was set back: all is told again.
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 9_000_000)
        try host.archived(3, "the third words")
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 2_000_000)
        #expect(try told().contains("the third words"))
    }

    /// What is full is packed, and the second copy is told of what it was: nothing of it is sent again.
    @Test func fullFilesOfChangesArePackedAndReadAsBefore() async throws {
        var none: RedisConnection?
        let copy = HostCopy(settings: host.settings, host: host.host, limit: 1)
        try host.archived(1, "the first words")
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 50_000)
        func first() async throws -> CopyItem {
            let items = try await copy.inventory().items
            return try #require(items.first { $0.item.name.hasSuffix("00000001.jsonl") })
        }
        let before = try await first(), bytes = try await copy.bytes(of: before, in: 0..<before.bytes)
        try host.archived(2, "the second words")
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 200_000_000)
        try #require(copy.changes.files.contains { $0.hasSuffix(".zst") }, "\(copy.changes.files)")
        let after = try await first()
        #expect(after == before)
        #expect(try await copy.bytes(of: after, in: 0..<after.bytes) == bytes)
        #expect(try await copy.bytes(of: after, in: 3..<9) == Array(bytes[3..<9]))
        // One that was altered is told anew, from the archive.
        let packed = try #require(copy.changes.files.first { $0.hasSuffix(".zst") })
        try Files.write(Array(try Files.bytes(packed, limit: 1 << 20).dropLast(3)), to: packed)
        #expect(try await copy.bytes(of: after, in: 0..<after.bytes).isEmpty)
        try copy.gather(host.archiveStore.openToRead(), over: &none, now: 200_000_001)
        let all = try copy.changes.files.map {
            String(decoding: try PackedFile.content(of: $0) ?? Files.bytes($0, limit: 1 << 20), as: UTF8.self)
        }
        #expect(all.joined().contains("the first words") && all.joined().contains("the second words"))
    }

    @Test func twoDoNotMakeOneAtATime() throws {
        try host.store.exclusively {
            var connection: RedisConnection?
            let made = try CheckpointMaker(settings: host.settings, host: host.host).make(
                .hourly, over: &connection, now: 1)
            #expect(made == nil)
        }
    }
}
