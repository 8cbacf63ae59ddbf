import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@testable import Capture

/// An answer that only a hook had is kept until the archive has it.
@Suite(.redisServer) struct KeptAnswerTests {
    private let scratch: Scratch
    private let settings: Settings
    private let spool: Spool
    private var queue: EpisodeQueue { EpisodeQueue(keys: settings.poolKeys(host: "box")) }

    init() throws {
        scratch = try Scratch()
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "answers-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        spool = Spool(folder: settings.state.spool)
        // Of a turn of long ago, whose transcript never received what was said.
        var moment = HostClock.now()
        moment.wallMilliseconds -= 3_600_000
        moment.bootMilliseconds = 1
        moment.bootID = "another boot"
        let session = try #require(SessionID(rawValue: "s1"))
        let news = SessionNews(
            .worked, of: session, key: try DispatchKey("coder/1"), at: moment, host: "box",
            maxSessionAgeMilliseconds: 1_000_000)
        let folder = scratch.path + "/claude"
        try Files.makeFolder(folder + "/projects/-p")
        try spool.waiting.write(
            Note(
                news: news,
                capture: CaptureRequest(
                    path: folder + "/projects/-p/s1.jsonl", configDirectory: folder, answer: "only the hook heard this")
            ),
            named: "0000000000001-1-s1-worked")
    }

    private func run(_ connection: inout RedisConnection) throws -> Int {
        try WaitingCaptures(settings: settings, host: "box").run(over: &connection).done
    }

    private func ids(_ connection: inout RedisConnection) throws -> [EpisodeID] {
        try connection.ask(queue.ids(.scheduled, 0..<10))
    }

    @Test func itsNoteGoesWhenTheArchiveHasIt() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(try run(&connection) == 0)
        let said = try ids(&connection)
        #expect(said.count == 1 && spool.waiting.names().count == 1)
        // The ledger knows of it, whatever becomes of Redis.
        #expect(Account.ofReportedAnswers(in: spool).map(\.pending) == [24])

        // A Redis that is a second older has forgotten it.
        let keys = try connection.send(["KEYS", "*\(settings.keys.prefix.dropFirst().dropLast(2))*"]).array ?? []
        _ = try connection.send(["DEL"] + keys.compactMap(\.text))
        #expect(try ids(&connection).isEmpty)
        #expect(try run(&connection) == 0)
        #expect(try ids(&connection) == said)

        _ = try connection.run(queue.markingArchived(said))
        #expect(try run(&connection) == 1)
        #expect(spool.waiting.names().isEmpty && Account.ofReportedAnswers(in: spool).isEmpty)
    }

    /// The answer is kept by the hook's word; what was asked stood in the transcript alone.
    @Test func whatWasAskedIsMissed() throws {
        var connection = try RedisServer.ofSuite().connect()
        #expect(UncapturedMarks(settings.state).all(since: 0).isEmpty)
        _ = try run(&connection)
        #expect(UncapturedMarks(settings.state).all(since: 0).count == 1)
    }

    /// A session that ends without a transcript had no turn, or its words are missed.
    @Test(arguments: [false, true]) func anEndWithoutTranscriptIsMissedAfterATurn(hadTurn: Bool) throws {
        var connection = try RedisServer.ofSuite().connect()
        let session = try #require(SessionID(rawValue: "s2"))
        func news(_ kind: SessionNews.Kind) -> SessionNews {
            SessionNews(
                kind, of: session, key: nil, at: HostClock.now(), host: "box", maxSessionAgeMilliseconds: 1_000_000)
        }
        let registry = SessionRegistry(keys: settings.keys)
        for kind in [.started] + (hadTurn ? [.stopped] : []) as [SessionNews.Kind] {
            _ = try connection.run(registry.telling(news(kind), at: HostClock.now()))
        }
        let folder = scratch.path + "/claude"
        let note = Note(
            news: news(.ended),
            capture: CaptureRequest(path: folder + "/projects/-p/s2.jsonl", configDirectory: folder))
        let verdict = try NoteCapture(settings: settings, host: "box").run(note, over: &connection)
        #expect(verdict == .done("no transcript was written"))
        #expect(UncapturedMarks(settings.state).all(since: 0).count == (hadTurn ? 1 : 0))
    }

    @Test func aPersonMayGiveItUp() throws {
        var connection = try RedisServer.ofSuite().connect()
        _ = try run(&connection)
        _ = try connection.run(queue.discarding(try #require(try ids(&connection).first)))
        #expect(try run(&connection) == 1)
        #expect(spool.waiting.names().isEmpty)
    }
}
