import Archive
import Chronicle
import Domain
import Integrity
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Each kind of damage that can be staged without a companion is found, and nothing else is.
@Suite(.redisServer) struct AuditTests {
    private let host: TestHost
    private let session: SessionID
    private let episode: EpisodeID

    init() throws {
        host = try TestHost()
        session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789001"))
        episode = try #require(EpisodeID(rawValue: String(repeating: "a", count: 32)))
    }

    private func audit(isDeep: Bool = true) throws -> AuditReport {
        var connection: RedisConnection? = try host.server.connect()
        return Audit(settings: host.settings, host: host.host).run(over: &connection, isDeep: isDeep)
    }

    private func kinds(isDeep: Bool = true) throws -> Set<Finding.Kind> {
        let report = try audit(isDeep: isDeep)
        #expect(report.unseen.isEmpty, "\(report.unseen)")
        return Set(report.findings.map(\.kind))
    }

    @Test func nothingIsWrongWithANewHouse() throws {
        #expect(try kinds().isEmpty)
        try host.archived(1, "some words")
        _ = try host.make()
        let report = try audit()
        #expect(report.findings.isEmpty)
        #expect(report.looked_at["episodes"] == 1 && report.looked_at["checkpoints"] == 1)
        #expect(report.bytes > 0)
    }

    @Test func aFlippedLetterOfAnEpisodeIsFound() throws {
        try host.archived(1, "some words that were said")
        try SQLiteWords.alter(in: host.settings.archivePath(host: host.host), "said", "sold")
        #expect(try kinds(isDeep: false).isEmpty)
        #expect(try kinds() == [.episode_damaged])
        // It changes nothing: who looks again sees the same.
        #expect(try kinds() == [.episode_damaged])
    }

    /// While another begins it anew there is none for a moment.
    @Test func aChronicleThatIsBeingBegunAnewIsFound() throws {
        let file = host.settings.state.chronicle
        try Chronicle.beginAnew(file)
        for end in ["", "-wal", "-shm"] { Files.remove(file + end) }
        #expect(try kinds() == [.chronicle_damaged])
        Chronicle.noteHeard(file)
        #expect(try kinds().isEmpty)
    }

    @Test func whatWasDamagedCountsThoughNobodyHasItAnyMore() {
        #expect(Finding(.copy_damaged, "x").with(.collected).isBad)
        #expect(!Finding(.cursor_without_file, "x").with(.collected).isBad)
        #expect(!Finding(.cursor_without_file, "x").with(.orphan).isBad)
        #expect(Finding(.cursor_without_file, "x").isBad)
    }

    @Test func anArchiveThatIsNoneAnyMoreIsFound() throws {
        try host.archived(1, "some words")
        let path = host.settings.archivePath(host: host.host)
        for end in ["-wal", "-shm"] { Files.remove(path + end) }
        try Files.write(String(repeating: "rubbish ", count: 4096), to: path)
        #expect(try kinds() == [.archive_damaged])
        Files.remove(path)
        #expect(try kinds() == [.archive_missing])
    }

    @Test func blocksAndManifestsAreLookedAt() throws {
        try host.archived(1, "some words")
        let made = try host.make(), digest = try #require(made.archive?.file.blocks.first)
        let path = host.store.blocks.file(digest)
        var bytes = try Files.bytes(path, limit: 1 << 20)
        bytes[40] ^= 4
        try Files.write(bytes, to: path)
        #expect(try kinds(isDeep: false).isEmpty)
        #expect(try kinds() == [.block_damaged])
        Files.remove(path)
        #expect(try kinds(isDeep: false) == [.block_missing])
        try Files.write("{}", to: host.store.file(made.id))
        #expect(try kinds(isDeep: false) == [.checkpoint_damaged])
    }

    @Test func namesThatLeadNowhereAreFound() throws {
        let keys = host.keys, pool = host.pool, key = try DispatchKey("coder/1")
        let message = ConversationMessage(id: "m", role: .user, milliseconds: 1, session: session, text: "x")
        for (words, kind) in [
            (["ZADD", pool.schedule.name, "1", episode.rawValue], Finding.Kind.member_without_episode),
            (["ZADD", keys.sessions.name, "1", session.rawValue], .member_without_session),
            (["ZADD", keys.bindings.name, "9000000000000", key.rawValue], .member_without_binding),
            (["RPUSH", keys.conversation(key).name, message.json], .conversation_without_session),
            (["HSET", pool.episode(episode).name, "content", "{}"], .episode_without_set),
        ] as [([String], Finding.Kind)] {
            _ = try host.redis(words)
            #expect(try kinds(isDeep: false) == [kind])
            try host.removeAllKeys()
        }
        _ = try host.redis(["HSET", keys.session(session).name, "host", "other"])
        #expect(try kinds(isDeep: false) == [.session_without_index])
        try host.removeAllKeys()
        _ = try host.redis(["HSET", keys.binding(key).name, "host", "other"])
        #expect(try kinds(isDeep: false) == [.binding_without_index])
        _ = try host.redis(["ZADD", keys.bindings.name, "9000000000000", key.rawValue])
        _ = try host.redis(["ZADD", keys.sessions.name, "1", session.rawValue])
        _ = try host.redis(["HSET", keys.session(session).name, "host", "other"])
        _ = try host.redis(["HSET", keys.binding(key).name, "session_id", session.rawValue, "last_used_ms", "1"])
        _ = try host.redis(["DEL", keys.session(session).name])
        _ = try host.redis(["ZREM", keys.sessions.name, session.rawValue])
        let found = try audit(isDeep: false).findings
        #expect(found.map(\.kind) == [.binding_without_session], "\(found)")
        _ = try host.redis(["ZADD", keys.sessions.name, "1", session.rawValue])
        _ = try host.redis([
            "HSET", keys.session(session).name, "host", host.host, "transcript_path", host.scratch.path + "/gone",
        ])
        #expect(try kinds(isDeep: false) == [.session_without_artefact])
        try host.scratch.write("x", to: "gone")
        #expect(try kinds(isDeep: false).isEmpty)
    }

    @Test func aCursorOfWhatIsArchivedIsMerelyLeftOverAndGoesInAWeek() throws {
        for number in 1...2 {
            let path = "/t/\(number).jsonl"
            _ = try host.redis([
                "HSET", host.pool.cursor(FileID(host: host.host, path: path)).name, "path", path, "offset", "100",
            ])
        }
        try host.archived(1, "some words")
        let found = try audit(isDeep: false).findings
        #expect(Set(found.map(\.thing)) == ["/t/1.jsonl", "/t/2.jsonl"])
        #expect(
            found.map(\.kind) == [.cursor_without_file, .words_missing]
                || found.map(\.kind) == [.words_missing, .cursor_without_file])
        #expect(found.first { $0.thing == "/t/1.jsonl" }?.outcome == .orphan)
        #expect(found.first { $0.thing == "/t/2.jsonl" }?.outcome == .found, "its words are nowhere")
        let chronicle = try Chronicle.open(host.settings.state.chronicle)
        let memory = AuditMemory(settings: host.settings, host: host.host)
        func outcome(at now: Int64) throws -> Finding.Outcome? {
            var report = try audit(isDeep: false)
            var connection: RedisConnection? = try RedisConnector(host.settings).open(.companion)
            try memory.settle(&report, by: chronicle, over: &connection, now: now)
            return report.findings.first { $0.thing == "/t/1.jsonl" }?.outcome
        }
        #expect(try outcome(at: 1000) == .orphan)
        #expect(try outcome(at: 999 + AuditMemory.grace) == .orphan)
        #expect(try outcome(at: 500) == .orphan, "a clock that was set back makes nothing older")
        #expect(try outcome(at: 1000 + AuditMemory.grace) == .collected)
        #expect(try outcome(at: 2000 + AuditMemory.grace) == nil)
        #expect(try audit(isDeep: false).findings.map(\.thing) == ["/t/2.jsonl"])
    }

    /// An episode was deleted of what a cursor says was captured; the transcript is gone.
    @Test func aCursorOfWhatIsArchivedInPartIsNotLeftOver() throws {
        let path = "/t/1.jsonl", cursor = host.pool.cursor(FileID(host: host.host, path: path)).name
        try host.archived(1, "some words")
        _ = try host.redis(["HSET", cursor, "path", path, "offset", "101"])
        #expect(try audit(isDeep: false).findings.map(\.kind) == [.words_missing])
        _ = try host.redis(["HSET", cursor, "offset", "100"])
        #expect(try audit(isDeep: false).findings.map(\.kind) == [.cursor_without_file])
        // Another file stood there by then, of which there is nothing.
        _ = try host.redis(["HSET", cursor, "generation", "1"])
        #expect(try audit(isDeep: false).findings.map(\.kind) == [.words_missing])
    }

    @Test func aLossIsSaidOnce() throws {
        var report = AuditReport(isDeep: true, began: 1)
        report.findings = [
            Finding(.episode_damaged, "e"), Finding(.pack_missing, "00000001.pack"),
            Finding(.segment_damaged, "00000001.pack, byte 0"), Finding(.segment_damaged, "00000002.pack, byte 0"),
            Finding(.memory_damaged, "m").mended(from: "checkpoint"),
        ]
        let chronicle = try Chronicle.open(host.settings.state.chronicle)
        for (kind, thing) in [("episode_damaged", "e"), ("pack_missing", "00000001.pack"), ("memory_damaged", "m")] {
            _ = try chronicle.lost(kind, thing, bytes: 1, episodes: 0, detail: "", at: 1)
        }
        var none: RedisConnection?
        try AuditMemory(settings: host.settings, host: host.host).settle(&report, by: chronicle, over: &none, now: 2)
        #expect(report.findings.map(\.thing) == ["00000002.pack, byte 0", "m"])
        #expect(report.known_lost == 3)
    }

    @Test func whatCannotBeLookedAtIsSaid() throws {
        try host.archived(1, "some words")
        var none: RedisConnection?
        let report = Audit(settings: host.settings, host: host.host).run(over: &none, isDeep: true)
        #expect(report.unseen == ["what Redis names: it is away"])
        #expect(report.looked_at["episodes"] == 1)
    }
}
