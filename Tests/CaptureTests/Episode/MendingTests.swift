import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

@testable import Capture

/// What the ledger misses is read again from the transcript.
@Suite(.redisServer) struct MendingTests {
    private let said: Said
    private let settings: Settings
    private let file: TranscriptFile
    private let session: SessionID
    private let queue: EpisodeQueue

    init() throws {
        said = try Said()
        session = try #require(SessionID(rawValue: "s1"))
        settings = try Settings.load(environment: [
            "HOME": said.scratch.path, "HOLDFAST_STATE_DIR": said.scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": said.scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "mend-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        queue = EpisodeQueue(keys: settings.poolKeys(host: "box"))
        file = TranscriptFile(path: said.path, configDirectory: "", session: session, agentID: nil)
    }

    private func capture(_ number: Int, _ connection: inout RedisConnection) throws {
        for line in [Said.user("question \(number)"), Said.agent("answer \(number)")] {
            try said.append(Array((line + "\n").utf8))
        }
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: said.path, configDirectory: ""),
            origin: EpisodeOrigin(session: session, dispatchKey: nil, host: "box"))
        job.isTrusted = true
        _ = try TranscriptCapture(settings: settings, host: "box").run(job, over: &connection)
    }

    private func account(_ connection: inout RedisConnection) throws -> Account {
        try #require(
            try Ledger(settings: settings, host: "box").accounts(of: [file], over: &connection).first)
    }

    private func ids(_ connection: inout RedisConnection) throws -> [EpisodeID] {
        let ids = try connection.ask(queue.ids(.scheduled, 0..<100))
        return try zip(ids, connection.ask(queue.episodes(ids))).compactMap { id, record in record.map { (id, $0) } }
            .sorted { $0.1.bytes.lowerBound < $1.1.bytes.lowerBound }.map(\.0)
    }

    /// Whichever vanish: the same episodes stand there afterwards, under their names, and the cursor where it stood.
    @Test(arguments: 1..<16)
    func readsAgainWhatVanished(which: Int) throws {
        var connection = try RedisServer.ofSuite().connect()
        for number in 0..<4 { try capture(number, &connection) }
        let before = try ids(&connection)
        #expect(before.count == 4)
        let cursor = try connection.ask(queue.cursor(of: FileID(host: "box", path: said.path)))
        for (index, id) in before.enumerated() where which & (1 << index) != 0 {
            _ = try connection.ask(queue.forgetting(id))
        }
        let broken = try account(&connection)
        #expect(broken.missing > 0 && !broken.holes.isEmpty)
        let outcome = try Mending(settings: settings, host: "box").run([broken], over: &connection)
        #expect(outcome.troubles.isEmpty && outcome.bytes == broken.holes.reduce(0) { $0 + Int64($1.count) })
        let whole = try account(&connection)
        #expect(whole.missing == 0 && whole.holes.isEmpty && whole.captured == broken.captured + broken.missing)
        #expect(try connection.ask(queue.cursor(of: FileID(host: "box", path: said.path))).offset == cursor.offset)
        // Neighbours that vanished together come back as one; what stood alone, under its own name.
        for (index, id) in before.enumerated() {
            let neighbours = [index - 1, index + 1].filter { (0..<4).contains($0) }
            let isAlone = neighbours.allSatisfy { which & (1 << $0) == 0 }
            if which & (1 << index) == 0 || isAlone { #expect(try ids(&connection).contains(id)) }
        }
        #expect(try Mending(settings: settings, host: "box").run([whole], over: &connection) == Mending.Outcome())
    }

    @Test func replacesWhatDoesNotMatchItsChecksum() throws {
        var connection = try RedisServer.ofSuite().connect()
        try capture(1, &connection)
        let id = try #require(try ids(&connection).first)
        let content = try #require(try connection.ask(queue.episodes([id])).first??.content)
        _ = try connection.ask(HSET(queue.keys.episode(id), "content", content.replacing("answer", with: "anfwer")))
        let broken = try account(&connection)
        #expect(broken.missing > 0)
        _ = try Mending(settings: settings, host: "box").run([broken], over: &connection)
        #expect(try connection.ask(queue.episodes([id])).first??.content == content)
        #expect(try account(&connection).missing == 0)
    }

    @Test func saysWhatADamagedEpisodeHeldWhileItsSourceIsWhole() throws {
        var connection = try RedisServer.ofSuite().connect()
        try capture(1, &connection)
        try capture(2, &connection)
        let mending = Mending(settings: settings, host: "box")
        for id in try ids(&connection) {
            var record = try #require(try connection.ask(queue.episodes([id])).first ?? nil)
            let content = record.content
            record.content = "{"
            #expect(mending.content(of: record) == content)
            record.sha256 = String(repeating: "0", count: 64)
            #expect(mending.content(of: record) == nil, "another than was captured is no repair")
        }
        let record = try #require(try connection.ask(queue.episodes(ids(&connection))).first ?? nil)
        Files.remove(said.path)
        #expect(mending.content(of: record) == nil)
    }

    @Test func leavesAloneWhatAnotherHostsArchiveHolds() throws {
        var connection = try RedisServer.ofSuite().connect()
        try capture(1, &connection)
        _ = try connection.ask(queue.forgetting(try #require(try ids(&connection).first)))
        let account = try #require(
            try Ledger(settings: settings, host: "box").accounts(of: [file], over: &connection) { _ in nil }.first)
        #expect(account.missing == 0 && account.holes.isEmpty && account.captured > 0)
    }
}
