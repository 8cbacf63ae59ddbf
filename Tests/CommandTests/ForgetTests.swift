import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing
import Transcripts

/// `holdfast forget` with the built executables: companion, embedded Redis, archive, hooks.
@Suite(.redisServer) struct ForgetTests {
    /// A home with a companion of its own, which is stopped when the test is over, however it ends.
    private final class Home: Sendable {
        let scratch: Scratch
        let environment: [String: String]

        init() throws {
            scratch = try Scratch()
            environment = [
                "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
                "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
                "CLAUDE_PROJECT_DIR": scratch.path, "HOLDFAST_KEY": "coder/1",
            ]
            try scratch.write(
                #"{"inactivity_timeout_seconds": 1, "check_interval_seconds": 1}"#,
                to: "config/holdfast.json")
        }

        static func run(_ body: (Home) async throws -> Void) async throws {
            signal(SIGPIPE, SIG_IGN)
            let home = try Home()
            do {
                #expect(try await home.holdfast("up").code == 0)
                try await body(home)
            } catch {
                _ = try await home.holdfast("down")
                throw error
            }
            _ = try await home.holdfast("down")
        }

        func holdfast(_ arguments: String..., input: String = "") async throws -> Built.Outcome {
            try await Built.run("holdfast", arguments, environment: environment, input: Array(input.utf8))
        }

        func forget(_ arguments: String...) async throws -> (code: Int32, answer: JSONValue) {
            let done = try await Built.run(
                "holdfast", ["forget", "--json"] + arguments, environment: environment, input: [])
            return (done.code, (try? JSONValue(parsing: done.output)) ?? .string(done.error))
        }

        func transcript(_ session: String) -> String { "\(scratch.path)/claude/projects/-p/\(session).jsonl" }

        /// A turn of a session, told by its hooks.
        func say(_ session: String, _ prompt: String, _ answer: String, uuid: String, key: String = "coder/1")
            async throws
        {
            let time = #","timestamp":"2026-01-01T00:00:0\#(uuid.suffix(1)).000Z""#
            let lines = [Said.user(prompt, time, uuid: uuid + "-u"), Said.agent(answer, time, uuid: uuid + "-a")]
            let path = transcript(session)
            try Files.makeFolder("\(scratch.path)/claude/projects/-p")
            try Files.add(lines.map { $0 + "\n" }.joined(), to: path)
            try await hook("Stop", session, key: key, #","last_assistant_message":\#(JSONValue.string(answer).text)"#)
        }

        func hook(_ event: String, _ session: String, key: String = "coder/1", _ more: String = "") async throws {
            let payload =
                #"{"session_id":"\#(session)","transcript_path":"\#(transcript(session))","cwd":"\#(scratch.path)","hook_event_name":"\#(event)"\#(more)}"#
            _ = try await Built.run(
                "holdfast-hook", environment: environment.merging(["HOLDFAST_KEY": key]) { $1 },
                input: Array(payload.utf8))
        }

        /// Waits until all is in the archive.
        func settle() async throws {
            try await poll("no note waits and all is archived") {
                let spool = Spool(folder: scratch.path + "/state/spool")
                var connection = try connect()
                let keys = Keys().pool(try Settings.load(environment: environment).state.host())
                return try spool.count == 0 && connection.ask(ZCARD(keys.unarchived)) == 0
            }
        }

        func connect() throws -> RedisConnection {
            try RedisConnector(Settings.load(environment: environment)).connect(.companion)
        }

        /// The files of the state folder in which bytes stand.
        func files(holding word: String) throws -> [String] {
            var found: [String] = []
            var folders = [scratch.path + "/state"]
            while let folder = folders.popLast() {
                for name in try Files.names(in: folder) {
                    let path = "\(folder)/\(name)"
                    if Files.isFolder(path) { folders.append(path) }
                    guard Files.isRegularFile(path) else { continue }
                    let bytes = try Files.bytes(path, limit: 1 << 28)
                    if ByteSearch.contains(String(decoding: bytes, as: UTF8.self), word) { found.append(path) }
                }
            }
            return found
        }

        func finds(_ word: String) async throws -> Bool { try await holdfast("memory", "search", word).code == 0 }
    }

    private let first = "11111111-0000-4000-8000-000000000001", second = "22222222-0000-4000-8000-000000000002"

    @Test func aTextIsGoneFromEverywhereAndDoesNotComeBack() async throws {
        try await Home.run { home in
            try await home.say(first, "keep the pelicanword in mind", "I keep the pelicanword", uuid: "m1")
            try await home.say(first, "what else is there", "nothing but herons", uuid: "m2")
            try await home.settle()
            #expect(try await home.finds("pelicanword"))
            #expect(try !home.files(holding: "pelicanword").isEmpty)

            let dry = try await home.forget("--text", "pelicanword", "--dry-run")
            #expect(dry.code == 0 && dry.answer["outcome"]?.string == "found")
            #expect(try await home.finds("pelicanword"))
            #expect(try await home.forget("--text", "pelicanword").code == 64, "nobody can be asked")
            #expect(!Files.exists(home.scratch.path + "/state/forgotten"))

            let done = try await home.forget("--text", "pelicanword", "--yes")
            #expect(done.code == 0 && done.answer["outcome"]?.string == "forgotten", "\(done.answer.text)")
            #expect(done.answer["transcripts"]?.elements == [.string(home.transcript(first))])
            #expect(try home.files(holding: "pelicanword").isEmpty)
            #expect(try await !home.finds("pelicanword"))
            #expect(try await home.finds("herons"))
            let balance = try await home.holdfast("verify")
            #expect(balance.code == 0 && balance.output.contains("forgotten"))

            // Neither sync, nor a repair, nor the watcher, nor the next turn, nor an empty Redis.
            _ = try await home.holdfast("sync")
            _ = try await home.holdfast("verify", "--repair")
            try await home.say(first, "go on", "I go on with storks", uuid: "m3")
            try await home.settle()
            var connection = try home.connect()
            _ = try connection.send(["FLUSHALL"])
            try await poll("the archive has put back what Redis forgot") {
                try connection.send(["KEYS", "*cursor*"]).array?.isEmpty == false
            }
            _ = try await home.holdfast("sync")
            try await home.settle()
            #expect(try await home.finds("storks"))
            #expect(try await !home.finds("pelicanword"))
            #expect(try home.files(holding: "pelicanword").isEmpty)

            // Once more there is nothing, and that is proven again.
            #expect(try await home.forget("--text", "pelicanword", "--yes").code == 0)
            #expect(try await home.forget("--text", "neversaidword", "--yes").code == 1)
        }
    }

    @Test func aSessionIsGoneAndItsKeyStartsFresh() async throws {
        try await Home.run { home in
            try await home.hook("SessionStart", first, #","source":"startup""#)
            try await home.say(
                first, "the pelicanword of a session that is to go", "I say nothing of it to anybody", uuid: "m1")
            try await home.say(second, "another session stays", "as it is, with its herons", uuid: "m2", key: "coder/2")
            try await home.hook("SessionEnd", first, #","reason":"other""#)
            try await home.hook("SessionEnd", second, key: "coder/2", #","reason":"other""#)
            try await home.settle()
            #expect(try await home.holdfast("lookup", "coder/1").output.contains(first))

            let done = try await home.forget("--session", first, "--yes")
            #expect(done.code == 0, "\(done.answer.text)")
            #expect(done.answer["sessions"]?.elements == [.string(first)])
            #expect(try home.files(holding: "pelicanword").isEmpty && home.files(holding: "nothing of it").isEmpty)
            #expect(try await home.holdfast("lookup", "coder/1").code == 1)
            #expect(try await home.holdfast("lookup", "coder/2").code == 0)
            #expect(try await home.finds("herons"))

            // Its hooks are heard no more.
            try await home.say(first, "and on about pelicanword", "it goes on with pelicanword", uuid: "m3")
            _ = try await home.holdfast("sync")
            _ = try await home.holdfast("capture", home.transcript(first))
            try await home.settle()
            #expect(try home.files(holding: "pelicanword").isEmpty)
            #expect(try await home.holdfast("lookup", "coder/1").code == 1)
            let verified = try await home.holdfast("verify", "--session", first)
            #expect(verified.code == 0 && verified.output.contains("0 captured + 0 pending"))
        }
    }

    @Test func ofAKeyAllSessionsGoAndWhatWasAddedToIt() async throws {
        try await Home.run { home in
            try await home.say(first, "the pelicanword of the first session", "one", uuid: "m1")
            try await home.say(second, "the gannetword of the second session", "two", uuid: "m2")
            _ = try await home.holdfast("memory", "add", "an added kestrelword", "--key", "coder/1")
            _ = try await home.holdfast("memory", "add", "another key's wrenword", "--key", "coder/2")
            try await home.settle()
            let done = try await home.forget("--key", "coder/1", "--yes")
            #expect(done.code == 0 && done.answer["sessions"]?.elements?.count == 2, "\(done.answer.text)")
            for word in ["pelicanword", "gannetword", "kestrelword"] {
                #expect(try home.files(holding: word).isEmpty, "\(word)")
                #expect(try await !home.finds(word))
            }
            #expect(try await home.finds("wrenword"))
            // The key goes on.
            let third = "33333333-0000-4000-8000-000000000003"
            try await home.say(third, "a new beginning", "with terns", uuid: "m4")
            try await home.settle()
            #expect(try await home.finds("terns"))
        }
    }

    /// Killed wherever it stands: the tombstone is there first, and the next run finishes.
    @Test func isFinishedByTheNextRun() async throws {
        try await Home.run { home in
            try await home.say(first, "the pelicanword again", "and an answer", uuid: "m1")
            try await home.settle()
            // As of a run that was killed behind the tombstone.
            let settings = try Settings.load(environment: home.environment)
            let session = try #require(SessionID(rawValue: first))
            try Tombstones(settings.state).add(Tombstone(of: session, isWhole: true))
            let done = try await home.forget("--session", first, "--yes")
            // Where the companion was faster, nothing is left by which a proof would know what to look for.
            #expect(done.code == 0 || done.answer["outcome"] == .string("unproven"), "\(done.answer.text)")
            #expect(try home.files(holding: "pelicanword").isEmpty)
        }
    }

    @Test func saysWhatIsWrongWithTheQuestion() async throws {
        let house = try House()
        #expect(try await house.holdfast("forget").code == 64)
        #expect(try await house.holdfast("forget", "--key", "k", "--text", "long enough").code == 64)
        #expect(try await house.holdfast("forget", "--text", "abc", "--dry-run").code == 65)
        #expect(try await house.holdfast("forget", "--session", "-x/y", "--dry-run").code != 0)
        #expect(try await house.holdfast("forget", "--session", "nobody", "--dry-run").code == 1)
    }
}
