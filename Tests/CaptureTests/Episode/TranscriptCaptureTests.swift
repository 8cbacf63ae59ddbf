import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

@testable import Capture

@Suite(.redisServer) struct TranscriptCaptureTests {
    private let said: Said
    private let settings: Settings
    private let session: SessionID
    private let capture: TranscriptCapture

    init() throws {
        said = try Said()
        session = try #require(SessionID(rawValue: "s1"))
        settings = try Settings.load(environment: [
            "HOME": said.scratch.path, "HOLDFAST_STATE_DIR": said.scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": said.scratch.path + "/config",
            "HOLDFAST_NAMESPACE": "capture-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
        capture = TranscriptCapture(settings: settings, host: "box")
    }

    private func job(answer: String? = nil) -> TranscriptCapture.Job {
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: said.path, configDirectory: "", answer: answer),
            origin: EpisodeOrigin(session: session, dispatchKey: nil, host: "box"))
        job.isTrusted = true
        return job
    }

    private func append(_ lines: String...) throws { for line in lines { try said.append(Array((line + "\n").utf8)) } }

    /// What episodes hold, in the order of their bytes.
    private func contents(_ connection: inout RedisConnection) throws -> [[String: String]] {
        let ids = try connection.ask(capture.queue.ids(.scheduled, 0..<10_000))
        var fields: [[String: String]] = []
        for id in ids { fields.append(try connection.ask(HGETALL(capture.queue.keys.episode(id)))) }
        return fields.sorted { (Int64($0["bytes_from"] ?? "") ?? 0) < (Int64($1["bytes_from"] ?? "") ?? 0) }
    }

    @Test func capturesEachTurnOnce() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("first"))
        guard case .captured(1, _) = try capture.run(job(), over: &connection) else { return #expect(Bool(false)) }
        #expect(try capture.run(job(), over: &connection) == .captured(episodes: 0, bytes: 0))
        try append(Said.user("two"), Said.agent("second"))
        _ = try capture.run(job(), over: &connection)
        let contents = try contents(&connection)
        #expect(contents.count == 2)
        #expect(contents[0]["content"]?.contains("first") == true)
        #expect(contents[1]["content"]?.contains("second") == true)
        #expect(contents[0]["bytes_to"] == contents[1]["bytes_from"])
    }

    /// What capturers hand over is all of the transcript, each byte at least once; what is marked as private is not in it.
    @Test func handsItsBytesToTheVault() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one <private>MARIGOLD</private>"), Said.agent("first"))
        _ = try capture.run(job(), over: &connection)
        try append(Said.user("two"), Said.agent("second"))
        _ = try capture.run(job(), over: &connection)
        let intake = Intake(settings.state)
        let parts = try intake.names().compactMap { try intake.part($0) }
        #expect(parts.map(\.part.from) == [0, parts[0].part.to])
        #expect(parts.last?.part.to == said.size)
        let kept = String(decoding: parts.flatMap(\.bytes), as: UTF8.self)
        #expect(kept.contains("one ") && kept.contains("second") && !kept.contains("MARIGOLD"))
        #expect(parts[0].part.cuts.map(\.reason) == [KeptBytes.privateReason])
    }

    /// A capturer holds a part at a time, and none of them ends within a line.
    @Test func handsMuchOverInParts() throws {
        var connection = try RedisServer.ofSuite().connect()
        let long = String(repeating: "x", count: 3 * Int(VaultHandover.partSize) / 2)
        let lines = ["one", long, "two", long, "three"].map { Said.user($0) }
        for line in lines { try append(line) }
        _ = try capture.run(job(), over: &connection)
        let intake = Intake(settings.state)
        let parts = try intake.names().compactMap { try intake.part($0) }.sorted { $0.part.from < $1.part.from }
        #expect(parts.count > 2)
        #expect(parts.map(\.part.from) == [0] + parts.dropLast().map(\.part.to))
        #expect(parts.allSatisfy { $0.bytes.last == 10 })
        #expect(String(decoding: parts.flatMap(\.bytes), as: UTF8.self) == lines.joined(separator: "\n") + "\n")
    }

    /// One that was replaced is handed over from its beginning on.
    @Test func handsOverWhatReplacedIt() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("a longer answer, so that what follows is shorter"))
        _ = try capture.run(job(), over: &connection)
        let intake = Intake(settings.state)
        for name in try intake.names() { intake.remove(name) }
        let anew = Said.user("anew") + "\n"
        try Files.write(anew, to: said.path)
        _ = try capture.run(job(), over: &connection)
        let parts = try intake.names().compactMap { try intake.part($0) }
        #expect(parts.map(\.part.from) == [0] && parts.map(\.bytes) == [Array(anew.utf8)])
    }

    /// A worktree may be gone before the companion looks.
    @Test func tellsTheVaultWhereTheSessionIs() throws {
        var connection = try RedisServer.ofSuite().connect()
        let tree = said.scratch.path + "/tree", commit = String(repeating: "c", count: 40)
        try said.scratch.write("ref: refs/heads/topic\n", to: "tree/.git/HEAD")
        try said.scratch.write(commit + "\n", to: "tree/.git/refs/heads/topic")
        try append(Said.user("one", #","cwd":"\#(tree)","gitBranch":"topic""#), Said.agent("first"))
        _ = try capture.run(job(), over: &connection)
        Files.removeFolder(tree)
        try append(Said.user("two", #","cwd":"\#(tree)","gitBranch":"later""#), Said.agent("second"))
        _ = try capture.run(job(), over: &connection)
        let intake = Intake(settings.state)
        #expect(
            try intake.names().compactMap { try intake.part($0)?.part.place } == [
                .init(cwd: tree, branch: "topic", commit: commit), .init(cwd: tree, branch: "later", commit: ""),
            ])
    }

    /// Whoever finds that it cannot be read says so where the status sees it, until it can.
    @Test func marksWhatCannotBeRead() throws {
        var connection = try RedisServer.ofSuite().connect()
        let marks = UncapturedMarks(settings.state)
        // Root may read anything; a link that leads to itself is nobody's to read.
        Files.remove(said.path)
        try #require(unsafe symlink(said.path, said.path) == 0)
        guard case .unreadable = try capture.run(job(), over: &connection) else { return #expect(Bool(false)) }
        #expect(marks.all(since: 0).map(\.path) == [said.path])
        Files.remove(said.path)
        try append(Said.user("one"), Said.agent("first"))
        guard case .captured = try capture.run(job(), over: &connection) else { return #expect(Bool(false)) }
        #expect(marks.all(since: 0).isEmpty)
    }

    /// Into a worktree and back, as the client moves it: nothing is read twice, and the ledger knows all of it.
    @Test func followsATranscriptThatMoves() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one", uuid: "u1"), Said.agent("first", uuid: "a1"))
        _ = try capture.run(job(), over: &connection)
        try Files.makeFolder(said.scratch.path + "/worktree")
        let elsewhere = said.scratch.path + "/worktree/t.jsonl"
        var moved = job()
        moved.request = CaptureRequest(path: elsewhere, configDirectory: "")
        for (from, to, job) in [(said.path, elsewhere, moved), (elsewhere, said.path, job())] {
            #expect(Files.rename(from, to: to))
            let descriptor = unsafe open(to, O_WRONLY | O_APPEND)
            let lines = [Said.user("to \(to.utf8.count)", uuid: "u\(to)"), Said.agent("there", uuid: "a\(to)")]
            try Files.write(Array((lines.joined(separator: "\n") + "\n").utf8)[...], to: descriptor, named: to)
            close(descriptor)
            guard case .captured(1, _) = try capture.run(job, over: &connection) else { return #expect(Bool(false)) }
            let file = TranscriptFile(path: to, configDirectory: "", session: session, agentID: nil)
            let account = try Ledger(settings: settings, host: "box").accounts(of: [file], over: &connection)[0]
            #expect(account.missing == 0 && account.pending == 0 && account.trouble == nil)
        }
        let contents = try contents(&connection).compactMap { $0["content"] }
        #expect(contents.count == 3)
        #expect(contents.count { $0.contains("first") } == 1)
    }

    /// Another file under the same name elsewhere is another file.
    @Test func takesNoOtherFileForOneThatMoved() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("first"))
        _ = try capture.run(job(), over: &connection)
        let other = try said.scratch.write(
            [Said.user("two"), Said.agent("second"), Said.user("more")].joined(separator: "\n") + "\n",
            to: "other/t.jsonl")
        var job = job()
        job.request = CaptureRequest(path: other, configDirectory: "")
        guard case .captured(1, _) = try capture.run(job, over: &connection) else { return #expect(Bool(false)) }
        #expect(try contents(&connection).contains { $0["content"]?.contains("second") == true })
    }

    @Test func makesNoEpisodeOfBookkeeping() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(#"{"type":"file-history-snapshot","messageId":"x"}"#)
        #expect(try capture.run(job(), over: &connection) == .captured(episodes: 0, bytes: 0))
        try append(Said.user("one"))
        _ = try capture.run(job(), over: &connection)
        #expect(try contents(&connection).first?["bytes_from"] == "0", "bookkeeping goes with what follows it")
    }

    @Test func beginsAGenerationWhenTheFileIsReplaced() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("first"))
        _ = try capture.run(job(), over: &connection)
        try Files.write(Said.user("other") + "\n", to: said.path)
        _ = try capture.run(job(), over: &connection)
        #expect(try contents(&connection).compactMap { $0["generation"] }.sorted() == ["0", "1"])
    }

    @Test func waitsForTheAnswerThatTheHookNamed() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"))
        #expect(try capture.run(job(answer: " later\n"), over: &connection) == .answerMissing)
        try append(Said.agent("later"))
        guard case .captured = try capture.run(job(answer: " later\n"), over: &connection) else {
            return #expect(Bool(false), "the answer is there")
        }
        // Captured by somebody else it is there too.
        guard case .captured(0, _) = try capture.run(job(answer: "later"), over: &connection) else {
            return #expect(Bool(false), "the answer was captured before")
        }
    }

    @Test func knowsAnAnswerAsItIsKept() throws {
        var connection = try RedisServer.ofSuite().connect()
        let token = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
        try append(Said.user("one"), Said.agent("it is \(token), done"))
        for answer in ["it is \(token), done", "it is [redacted:github-token], done"] {
            guard case .captured = try capture.run(job(answer: answer), over: &connection) else {
                return #expect(Bool(false), "\(answer) is there")
            }
        }
        #expect(try capture.run(job(answer: "it is [redacted:jwt], done"), over: &connection) == .answerMissing)
    }

    @Test func findsTheAnswerHoweverMuchWasSaidSince() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("the answer of long ago"))
        let size = said.size
        for index in 0..<50 { try append(Said.user("more \(index)"), Said.agent("reply \(index)")) }
        var late = job(answer: "the answer of long ago")
        late.request.size = size
        guard case .captured = try capture.run(late, over: &connection) else {
            return #expect(Bool(false), "it is in the file")
        }
    }

    @Test func takesTheSameWordsOfATurnBeforeForOtherOnes() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), Said.agent("Done."), Said.user("two"))
        var next = job(answer: "Done.")
        next.request.size = said.size
        #expect(try capture.run(next, over: &connection) == .answerMissing)
        try append(Said.agent("Done."))
        guard case .captured = try capture.run(next, over: &connection) else {
            return #expect(Bool(false), "now it is there")
        }
    }

    @Test func leavesOutWhatAForkCopiedFromAGap() throws {
        var connection = try RedisServer.ofSuite().connect()
        let secret =
            #"{"type":"user","uuid":"s","timestamp":"2026-11-20T10:00:00.000Z","message":{"content":"off the record"}}"#
        try append(secret)
        let off: Int64 = 1_795_168_740_000  // 2026-11-20T09:59:00Z
        try RecordingGaps(state: settings.state, session: session).begin(at: 0, of: said.path, now: off)
        let fork = try Said([secret, Said.user("on the record", uuid: "r")])
        var job = job()
        job.request.path = fork.path
        job.origin.session = try #require(SessionID(rawValue: "fork"))
        _ = try capture.run(job, over: &connection)
        let content = try contents(&connection).compactMap { $0["content"] }.joined()
        #expect(content.contains("on the record") && !content.contains("off the record"))
    }

    @Test func bearsMarksAndCursorsThatNobodyWrote() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"))
        try Files.makeFolder(settings.state.gaps)
        try Files.write(
            "off -5 2026-11-20T10:00:00.000Z /x\noff 3 ~~~~ /x\non 9\n\0\noff 99999999999999999999 x y\n",
            to: "\(settings.state.gaps)/\(session)")
        let id = FileID(host: "box", path: try #require(Files.realPath(said.path)))
        _ = try connection.send(["HSET", capture.queue.keys.cursor(id), "offset", "-7", "generation", "0"])
        // Read as the beginning: nobody counts with it, and nothing stays uncaptured for it.
        guard case .captured(1, _) = try capture.run(job(), over: &connection) else { return #expect(Bool(false)) }
    }

    @Test func leavesOutWhatWasSaidWhileRecordingWasOff() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("before"))
        let gaps = { try RecordingGaps(state: settings.state, session: session) }
        try gaps().begin(at: said.size, of: said.path, now: 1_800_000_000_000)
        try append(Said.user("secret"))
        #expect(try gaps().isOpen)
        try gaps().end(at: said.size, now: 1_800_000_100_000)
        try append(Said.user("after"))
        #expect(try !gaps().isOpen)
        _ = try capture.run(job(), over: &connection)
        let content = try contents(&connection).compactMap { $0["content"] }.joined()
        #expect(content.contains("before") && content.contains("after") && !content.contains("secret"))
    }

    @Test func accountsForEveryByte() throws {
        var connection = try RedisServer.ofSuite().connect()
        try append(Said.user("one"), #"{"type":"progress","x":1}"#, "// cut", Said.agent("first"))
        _ = try capture.run(job(), over: &connection)
        try append(Said.user("two"))
        try said.append(Array(#"{"type":"user","#.utf8))
        let file = TranscriptFile(
            path: said.path, configDirectory: said.scratch.path, session: session, agentID: nil)
        try Files.makeFolder(said.scratch.path + "/projects")
        let inside = said.scratch.path + "/projects/t.jsonl"
        #expect(Files.rename(said.path, to: inside))
        var moved = file
        moved.path = inside
        // Where it was moved to it is the same file: what was captured of it counts there.
        let other = try Ledger(settings: settings, host: "box").accounts(of: [moved], over: &connection)[0]
        #expect(other.captured > 0 && other.pending > 0 && other.missing == 0)
        #expect(other.captured + other.pending + other.excludedBytes + other.missing == other.bytes)

        var again = job()
        again.request.path = inside
        _ = try capture.run(again, over: &connection)
        let account = try Ledger(settings: settings, host: "box").accounts(of: [moved], over: &connection)[0]
        #expect(account.captured > 0)
        #expect(account.missing == 0)
        #expect(account.pending == 15, "the half line")
        #expect(account.captured + account.pending + account.excludedBytes == account.bytes)
        #expect(account.excluded.keys.sorted() == ["type progress", "unparsable"])

        for id in try connection.ask(capture.queue.ids(.scheduled, 0..<10)) {
            _ = try connection.send(["DEL", capture.queue.keys.episode(id)])
        }
        let robbed = try Ledger(settings: settings, host: "box").accounts(of: [moved], over: &connection)[0]
        #expect(robbed.missing == account.captured, "what no episode holds is lost")
    }

    @Test func racingCapturersMakeNoEpisodeTwice() async throws {
        let server = try RedisServer.ofSuite()
        let rounds = Settings.processEnvironment["HOLDFAST_FULL"] == "1" ? 200 : 10
        for round in 0..<rounds {
            try append(
                Said.user("prompt \(round)", uuid: "u\(round)"), Said.agent("answer \(round)", uuid: "a\(round)"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { [capture, job = job()] in
                        var connection = try server.connect()
                        _ = try capture.run(job, over: &connection)
                    }
                }
                try await group.waitForAll()
            }
        }
        var connection = try server.connect()
        let contents = try contents(&connection)
        let uuids = contents.flatMap { ($0["content"] ?? "").split(separator: "\n") }
        #expect(uuids.count == rounds * 2)
        #expect(Set(uuids).count == rounds * 2)
        for (one, next) in zip(contents, contents.dropFirst()) { #expect(one["bytes_to"] == next["bytes_from"]) }
    }
}
