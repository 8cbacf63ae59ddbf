import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

@testable import Capture

/// What is forgotten is captured no more, by whatever way, and the ledger says why.
@Suite(.redisServer) struct TombstoneTests {
    private let said: Said
    private let settings: Settings
    private let file: TranscriptFile
    private let session: SessionID
    private let queue: EpisodeQueue
    private let tombstones: Tombstones

    init() throws {
        said = try Said([
            Said.user("question ostrich", Self.at(1), uuid: "u1"), Said.agent("answer ostrich", Self.at(2), uuid: "a1"),
            Said.user("question heron", Self.at(3), uuid: "u2"), Said.agent("answer heron", Self.at(4), uuid: "a2"),
        ])
        session = try #require(SessionID(rawValue: "s1"))
        settings = try Settings.load(environment: [
            "HOME": said.scratch.path, "HOLDFAST_STATE_DIR": said.scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": said.scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "tomb-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        queue = EpisodeQueue(keys: settings.poolKeys(host: "box"))
        tombstones = Tombstones(settings.state)
        file = TranscriptFile(path: said.path, configDirectory: "", session: session, agentID: nil)
    }

    private static func at(_ second: Int) -> String { #","timestamp":"2026-01-01T00:00:0\#(second).000Z""# }

    private func tombstone(of session: SessionID, whole: Bool, _ messages: [(String, String)] = []) -> Tombstone {
        var known = ForgottenMessages()
        for (name, time) in messages { known.add(name, at: time) }
        return Tombstone(of: session, isWhole: whole, known)
    }

    private func capture(
        _ connection: inout RedisConnection, answer: String? = nil, path: String? = nil, session: SessionID? = nil
    ) throws -> TranscriptCapture.Outcome {
        try TranscriptCapture(settings: settings, host: "box").run(
            job(answer: answer, path: path, session: session), over: &connection)
    }

    private func job(answer: String? = nil, path: String? = nil, session: SessionID? = nil) -> TranscriptCapture.Job {
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: path ?? said.path, configDirectory: "", answer: answer),
            origin: EpisodeOrigin(session: session ?? self.session, dispatchKey: nil, host: "box"))
        job.isTrusted = true
        return job
    }

    private func words(_ connection: inout RedisConnection) throws -> String {
        let ids = try connection.ask(queue.ids(.scheduled, 0..<100))
        return try connection.ask(queue.episodes(ids)).compactMap { $0?.content }.joined(separator: "\n")
    }

    private func account(_ connection: inout RedisConnection) throws -> Account {
        try #require(try Ledger(settings: settings, host: "box").accounts(of: [file], over: &connection).first)
    }

    @Test func ofAWholeSessionNothingIsCaptured() throws {
        var connection = try RedisServer.ofSuite().connect()
        try tombstones.add(tombstone(of: session, whole: true))
        #expect(try capture(&connection) == .excluded(reason: "forgotten"))
        #expect(try words(&connection).isEmpty)
        #expect(
            try TranscriptCapture(settings: settings, host: "box")
                .pushAnswer(job(answer: "answer ibis"), over: &connection) == .archived)
        #expect(try words(&connection).isEmpty)
        let account = try account(&connection)
        #expect(account.excluded == ["forgotten": account.bytes] && account.missing == 0 && account.pending == 0)
        #expect(
            try UncapturedPart(of: file, settings: settings, host: "box", over: &connection) == nil,
            "sync has nothing to bring in")
        // What goes on in it is not recorded either.
        try said.append(Array((Said.user("question crane", uuid: "u3") + "\n").utf8))
        #expect(try capture(&connection) == .excluded(reason: "forgotten"))
    }

    @Test func ofAMessageTheNeighboursAreCaptured() throws {
        var connection = try RedisServer.ofSuite().connect()
        try tombstones.add(tombstone(of: session, whole: false, [("u2", "2026-01-01T00:00:03.000Z")]))
        #expect(try capture(&connection) == .captured(episodes: 1, bytes: said.size))
        let kept = try words(&connection)
        #expect(kept.contains("question ostrich") && kept.contains("answer heron") && !kept.contains("question heron"))
        let line = Int64(Said.user("question heron", Self.at(3), uuid: "u2").utf8.count) + 1
        #expect(try account(&connection).excluded == ["forgotten": line])
    }

    /// Captured before, forgotten then: the ledger misses nothing, so nobody reads it again.
    @Test func isNotMendedBack() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try capture(&connection)
        let cursor = try connection.ask(queue.cursor(of: FileID(host: "box", path: said.path)))
        try tombstones.add(tombstone(of: session, whole: true))
        for id in try connection.ask(queue.ids(.scheduled, 0..<9)) {
            #expect(try connection.run(queue.forgettingEpisodes([id])) == 1)
        }
        let account = try account(&connection)
        #expect(account.missing == 0 && account.excluded["forgotten"] == account.bytes)
        #expect(try Mending(settings: settings, host: "box").run([account], over: &connection) == Mending.Outcome())
        #expect(try words(&connection).isEmpty)
        #expect(try connection.ask(queue.cursor(of: FileID(host: "box", path: said.path))) == cursor)
    }

    /// A fork has the messages under another session, with the names that they had.
    @Test func aForkBringsNoCopyBack() throws {
        var connection = try RedisServer.ofSuite().connect()
        let fork = try Said([
            Said.user("question ostrich", Self.at(1), uuid: "u1"), Said.agent("answer ostrich", Self.at(2), uuid: "a1"),
            Said.user("the fork's own", Self.at(9), uuid: "f1"),
        ])
        try tombstones.add(
            tombstone(
                of: session, whole: true,
                [("u1", "2026-01-01T00:00:01.000Z"), ("a1", "2026-01-01T00:00:02.000Z")]))
        let other = try #require(SessionID(rawValue: "fork"))
        _ = try capture(&connection, path: fork.path, session: other)
        let kept = try words(&connection)
        #expect(kept.contains("the fork's own") && !kept.contains("ostrich"))
    }

    /// An answer that only a hook told has no name but its hash.
    @Test func anAnswerIsKnownByItsHash() throws {
        var connection = try RedisServer.ofSuite().connect()
        let identity = "#" + Checksum.fnv1a("answer ibis").hexadecimal
        try tombstones.add(tombstone(of: session, whole: false, [(identity, "")]))
        let capture = TranscriptCapture(settings: settings, host: "box")
        #expect(try capture.pushAnswer(job(answer: "answer ibis"), over: &connection) == .archived)
        #expect(try words(&connection).isEmpty)
        #expect(try capture.pushAnswer(job(answer: "answer stork"), over: &connection) == .pushed)
        #expect(try words(&connection).contains("stork"))
    }

    /// Nobody takes a tombstone that cannot be read for leave to record.
    @Test(arguments: ["", "nonsense\n", "whole\n"]) func isHeededWhereItCannotBeRead(text: String) throws {
        var connection = try RedisServer.ofSuite().connect()
        try Files.makeFolder(settings.state.forgotten)
        try Files.write(text, to: settings.state.forgotten + "/s1")
        guard case .unreadable = try capture(&connection) else {
            Issue.record("it was captured")
            return
        }
        #expect(try words(&connection).isEmpty)
    }

    @Test func isReadAsItWasWritten() throws {
        let id = try #require(EpisodeID(rawValue: "00112233445566778899aabbccddeeff"))
        var first = tombstone(of: session, whole: false, [("u1", "2026-01-02T00:00:00.000Z")])
        first.remarks = [id]
        try tombstones.add(first)
        #expect(try tombstones.tombstone(of: session) == first)
        #expect(try !tombstones.isWhole(session))
        let mark = try tombstones.mark(of: session)
        try tombstones.add(first)
        #expect(try tombstones.mark(of: session) == mark)
        var second = tombstone(of: session, whole: true, [("u2", "2026-01-01T00:00:00.000Z"), ("#ab", "")])
        second.episodes = [id]
        try tombstones.add(second)
        let both = try #require(try tombstones.tombstone(of: session))
        #expect(
            both.isWhole && both.known.messages == ["u1", "u2", "#ab"] && both.episodes == [id] && both.remarks == [id])
        #expect(both.known.first == "2026-01-01T00:00:00.000Z" && both.known.last == "2026-01-02T00:00:00.000Z")
        #expect(try tombstones.isWhole(session) && tombstones.mark(of: session) != mark)
        #expect(try tombstones.sessions() == [session])
        let other = try #require(SessionID(rawValue: "s2"))
        #expect(try tombstones.tombstone(of: other) == nil && !tombstones.isWhole(other))
    }
}
