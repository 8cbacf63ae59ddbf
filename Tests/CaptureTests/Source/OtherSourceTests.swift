import Capture
import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

/// Another client's conversations, stored and counted otherwise, go the way that Claude Code's go.
@Suite(.redisServer) struct OtherSourceTests {
    private let scratch: Scratch
    private let settings: Settings
    private let sources = TranscriptSources(ClaudeCode(), Notebook())
    private let session: SessionID
    private let home: String

    init() throws {
        scratch = try Scratch()
        home = scratch.path + "/.notebook"
        session = try #require(SessionID(rawValue: "diary"))
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "source-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        try Files.makeFolder(home + "/books")
    }

    private var path: String { home + "/books/diary.book" }

    /// Writes the book as a whole: an ended list of (who, what).
    private func write(_ pages: [(by: String, text: String)]) throws {
        let pages = pages.enumerated().map { index, page -> JSONValue in
            .object(["by": .string(page.by), "id": .string("p\(index)"), "text": .string(page.text)])
        }
        try Files.write(JSONValue.array(pages).text, to: path)
    }

    private func capture(_ connection: inout RedisConnection) throws -> TranscriptCapture.Outcome {
        let file = try #require(HostTranscripts(settings: settings, sources: sources).file(path))
        let origin = try #require(
            try EpisodeOrigin.find(
                for: file, settings: settings, host: "box", sources: sources, over: &connection))
        return try TranscriptCapture(settings: settings, host: "box", sources: sources).run(
            .init(request: CaptureRequest(path: file.path, configDirectory: file.configDirectory), origin: origin),
            over: &connection)
    }

    @Test func isFoundBesideTheClients() throws {
        try write([("person", "hello")])
        let found = HostTranscripts(settings: settings, sources: sources).files
        #expect(found.map(\.path) == [path])
        #expect(found.first?.session == session)
        #expect(sources.source(of: home).find(session, in: home) == .found(path: path))
        let claude = scratch.path + "/.claude"
        try scratch.write("x", to: ".claude/projects/-one/diary.jsonl")
        #expect(sources.source(of: claude) is ClaudeCode)
        #expect(sources.source(of: path) is Notebook)
    }

    @Test func isCapturedFromItsOwnKindOfPosition() throws {
        var connection = try RedisServer.ofSuite().connect()
        try write([("person", "one"), ("machine", "first")])
        #expect(try capture(&connection) == .captured(episodes: 1, bytes: 2))
        try write([("person", "one"), ("machine", "first"), ("person", "two"), ("machine", "second")])
        #expect(try capture(&connection) == .captured(episodes: 1, bytes: 2), "only what was added")
        #expect(try capture(&connection) == .captured(episodes: 0, bytes: 0))

        let queue = EpisodeQueue(keys: settings.poolKeys(host: "box"))
        let file = FileID(host: "box", path: try #require(Files.realPath(path)))
        let cursor = try connection.ask(queue.cursor(of: file))
        #expect(cursor.offset == 4, "elements, not bytes")
        #expect(cursor.generation == 0)

        try write([("person", "another book"), ("machine", "of"), ("person", "as many"), ("machine", "pages")])
        #expect(try capture(&connection) == .captured(episodes: 1, bytes: 4), "it was replaced")
        let account = try Ledger(settings: settings, host: "box", sources: sources).accounts(
            of: HostTranscripts(settings: settings, sources: sources).files, over: &connection)
        #expect(account.map(\.captured) == [4] && account.map(\.missing) == [0])
    }

    @Test func itsFailedResumeIsHeard() {
        var gate = AttemptGate(Notebook().resumeFailure)
        #expect(gate.error(Array("no such book: diary\n".utf8)[...]).isEmpty)
        #expect(gate.finish().wasRefused)
        var other = AttemptGate(ClaudeCode().resumeFailure)
        #expect(!other.error(Array("no such book: diary\n".utf8)[...]).isEmpty)
        #expect(!other.finish().wasRefused)
    }
}
