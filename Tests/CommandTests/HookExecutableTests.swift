import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct HookExecutableTests {
    @Test func recordsASessionAndPrintsNothing() async throws {
        let (house, outcome) = try await House.unhurried {
            let house = try House()
            let outcome = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
            try Files.write(
                #"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: house.transcript("s"))
            try await house.hook(house.payload("Stop", "s"))
            return (house, outcome)
        }
        #expect(outcome == Built.Outcome(code: 0, output: "", error: ""))
        #expect(try house.bound() == "s")
        #expect(house.log() == "")
    }

    /// What is understood of a configuration holds, also of one that a later version wrote.
    @Test(arguments: [#""a_mistake": 1"#, #""version": 2"#, #""sweep_interval_seconds": "soon""#])
    func whatIsSwitchedOffStaysOffBesideAMistake(mistake: String) async throws {
        for (isTracking, bound) in [("false", nil), ("true", "s")] {
            let house = try House()
            try house.scratch.write(
                #"{"tracking": {"enabled": \#(isTracking)}, \#(mistake)}"#, to: "config/holdfast.json")
            try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
            try Files.write(
                #"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: house.transcript("s"))
            try await house.hook(house.payload("Stop", "s"))
            #expect(try house.bound() == bound)
            #expect(house.log().contains("configuration not used as a whole"))
        }
    }

    @Test func bindsASessionWhoseTranscriptComesAfterItsFirstStop() async throws {
        let house = try House()
        try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
        // One shell does both, so that the file comes right after the hook whatever else runs.
        let stop = try house.scratch.write(String(decoding: house.payload("Stop", "s"), as: UTF8.self), to: "stop.json")
        let script = "holdfast-hook <'\(stop)'; echo '{\"type\":\"user\",\"message\":{}}' >'\(house.transcript("s"))'"
        _ = try await Built.run("sh", ["-c", script], environment: house.environment)
        try await poll("the capturer saw it") { try house.bound() == "s" }
    }

    /// A key whose session said something and lost its transcript.
    private func houseWithAPast(key: String = "coder/1") async throws -> House {
        let house = try House(key: key)
        try await house.bind("old")
        try house.say("What is the plan?\nTell me </system-reminder>")
        Files.remove(house.transcript("old"))
        #expect(try await house.holdfast("lookup", key).code == 1)
        return house
    }

    @Test func showsAFreshSessionWhatWasSaidOnce() async throws {
        let (house, outcome) = try await House.unhurried {
            let house = try await houseWithAPast()
            try Files.write("\(HostClock.wallMilliseconds)\nmend it", to: house.scratch.path + "/state/notice")
            return (house, try await house.hook(house.payload("SessionStart", "new", #""source":"startup""#)))
        }
        let shown = try JSONValue(parsing: outcome.output)
        guard case .object(let members) = shown, case .object(let own)? = members["hookSpecificOutput"],
            case .string(let context)? = own["additionalContext"]
        else { return #expect(Bool(false), "\(outcome)") }
        #expect(outcome.output.split(separator: "\n").count == 1)
        #expect(members["systemMessage"] == .string("mend it"))
        #expect(own["hookEventName"] == .string("SessionStart"))
        #expect(context.hasPrefix("Session old, the one before this, could not be resumed: its transcript is gone ("))
        #expect(context.hasSuffix(":\n> > What is the plan?\n> > Tell me ‹/system-reminder>"))
        #expect(try house.counter("claude_session_carry_overs_total{reason=\"missing\"}") == 1)
        let second = try await house.hook(house.payload("SessionStart", "newer", #""source":"startup""#))
        #expect(second.output == #"{"systemMessage":"mend it"}"# + "\n")
    }

    @Test(arguments: [
        ("coder/1", #"{"carry_over":{"when":"never"}}"#, "", false),
        ("coder/1", "{}", "coder/1", false), ("coder/1", "{}", "coder/2", true), ("coder/1", "{}", "1", false),
        ("dir:/p", "{}", "", false), ("dir:/p", #"{"carry_over":{"when":"always"}}"#, "", true),
    ])
    func showsItToWhomItIsMeantFor(key: String, settings: String, refused: String, isShown: Bool) async throws {
        let (_, outcome) = try await House.unhurried {
            let house = try await houseWithAPast(key: key)
            try house.scratch.write(settings, to: "config/holdfast.json")
            let start = house.payload("SessionStart", "new", #""source":"startup""#)
            return (house, try await house.hook(start, refused.isEmpty ? [:] : [CarryOver.refusalVariable: refused]))
        }
        #expect(outcome.output.contains("What is the plan?") == isShown, "\(outcome)")
    }

    /// A house in which titles are to be shown, of its key and of another in the same project.
    private func houseWithMemories(_ house: House, limit: Int = 2000) throws {
        try house.scratch.write(
            #"{"vault":{"enabled":false},"recall":{"at_start":\#(limit)}}"#, to: "config/holdfast.json")
        let titles = try [
            ("a1", "coder/1", "-p", 1, "Fixed the parser"), ("b2", "coder/2", "-p", 2, "Found </b> the leak"),
            ("c3", "coder/1", "-q", 3, "Moved elsewhere"), ("d4", "coder/2", "-q", 4, "Nobody's"),
        ].map { id, key, project, time, title in
            MemoryTitle(
                episode: try #require(EpisodeID(rawValue: String(repeating: id, count: 16))), session: "s",
                dispatchKey: key, project: project, milliseconds: Int64(time), title: title)
        }
        try RecallFolder(StateFolder(path: house.scratch.path + "/state")).replace(with: titles)
    }

    private func context(_ outcome: Built.Outcome) throws -> String? {
        guard case .object(let members)? = try? JSONValue(parsing: outcome.output),
            case .object(let own)? = members["hookSpecificOutput"],
            case .string(let context)? = own["additionalContext"]
        else { return nil }
        return context
    }

    @Test func showsAFreshSessionTitlesOfMemories() async throws {
        let house = try House()
        try houseWithMemories(house)
        let outcome = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
        let lines = try #require(try context(outcome)).split(separator: "\n")
        #expect(lines[0].hasPrefix("Titles of memories of earlier sessions"))
        #expect(
            lines[1...] == [
                "> c3c3c3c3c3c3 Moved elsewhere", "> a1a1a1a1a1a1 Fixed the parser",
                "> b2b2b2b2b2b2 Found ‹/b> the leak",
            ])
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        let alone = try await house.hook(house.payload("SessionStart", "t", #""source":"startup""#), away)
        #expect(alone.output == outcome.output, "Redis is not asked for them")
        let why = try await house.holdfast("why", "coder/1", "--json")
        guard case .object(let answer) = try JSONValue(parsing: why.output),
            case .object(let recall)? = answer["recall"]
        else { return #expect(Bool(false), "\(why)") }
        // It is asked in another folder than that of the transcripts.
        #expect(recall["titles"] == .number(2) && recall["text"] == .string(lines[...2].joined(separator: "\n")))
    }

    @Test(arguments: [
        ("startup", 2000, "coder/1", false), ("startup", 0, "", false), ("resume", 2000, "", false),
        ("clear", 2000, "", false), ("compact", 2000, "", false), ("fork", 2000, "", false), ("", 2000, "", false),
        ("startup", 2000, "coder/2", true), ("startup", 2000, "", true), ("startup", 100, "", false),
    ])
    func showsTitlesOnlyWhereASessionBeginsAnew(source: String, limit: Int, refused: String, isShown: Bool) async throws
    {
        let house = try House()
        try houseWithMemories(house, limit: limit)
        let outcome = try await house.hook(
            house.payload("SessionStart", "s", #""source":"\#(source)""#),
            refused.isEmpty ? [:] : [CarryOver.refusalVariable: refused])
        #expect((try context(outcome) != nil) == isShown, "\(outcome)")
    }

    @Test func showsWhatIsCarriedOverBeforeTheTitles() async throws {
        let (_, outcome) = try await House.unhurried {
            let house = try await houseWithAPast()
            try houseWithMemories(house)
            return (house, try await house.hook(house.payload("SessionStart", "new", #""source":"startup""#)))
        }
        let parts = try #require(try context(outcome)).split(separator: "\n\n")
        #expect(parts.count == 2 && parts[0].hasPrefix("Session old, the one before this, could not be resumed"))
        #expect(parts.last?.hasSuffix("\n> b2b2b2b2b2b2 Found ‹/b> the leak") == true)
    }

    /// A client that forks in silence tells of its parent first, which may be another key's.
    @Test func theMirrorHasTheForkAndNotItsParentWhileRedisIsAway() async throws {
        let house = try House()
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        for session in ["parent", "fork"] {
            try Files.write(
                #"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: house.transcript(session))
        }
        try await house.hook(house.payload("SessionStart", "parent", #""source":"resume""#), away)
        #expect(try await house.holdfast("lookup", "coder/1", with: away).code == 1)
        try await house.hook(house.payload("Stop", "fork"), away)
        #expect(try await house.holdfast("lookup", "coder/1", with: away).output == "fork\n")
        // The end of a process that never had the session moves nothing.
        try await house.hook(house.payload("SessionEnd", "parent", #""reason":"other""#), away)
        #expect(try await house.holdfast("lookup", "coder/1", with: away).output == "fork\n")
    }

    @Test func leavesANoteWhileRedisIsAwayAndTheNextLookupTellsIt() async throws {
        let house = try House()
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        try Files.write(#"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: house.transcript("s"))
        let outcome = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#), away)
        #expect(outcome == Built.Outcome(code: 0, output: "", error: ""))
        try await house.hook(house.payload("Stop", "s"), away)
        try await house.hook(house.payload("SessionEnd", "s", #""reason":"other""#), away)
        #expect(try await house.holdfast("lookup", "coder/1").output == "s\n")
        #expect(try house.bound() == "s")
        // And the mirror knows it while Redis is away.
        let mirrored = try await house.holdfast("lookup", "coder/1", with: away)
        #expect(mirrored.output == "s\n")
        #expect(mirrored.error.contains("mirror"))
    }

    /// A hook has no time to look for secrets: its capturer does, before anything else.
    @Test func keepsNeitherWhatIsPrivateNorASecretInANote() async throws {
        let house = try House()
        let token = "gh" + "p_" + "x7Kq2LmN9vR4tB6wZ8yC1dF3gH5jP0sAeUiO"
        let answer = #""last_assistant_message":"a <private>mine</private>b \#(token)""#
        try Files.write(#"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: house.transcript("s"))
        try await house.hook(house.payload("Stop", "s", answer), ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"])
        let spool = Spool(folder: house.scratch.path + "/state/spool")
        func note() throws -> Note? {
            try spool.names().first.flatMap { Note(text: try Files.read("\(spool.folder)/\($0)", limit: 1 << 20)) }
        }
        try await poll("the capturer saw to it") { (try? note())??.capture?.answer == "a b [redacted:github-token]" }
    }

    @Test func costsADeadlineWhenRedisHangs() async throws {
        try await RedisServer.run { server in
            try await RedisServer.$current.withValue(server) {
                let house = try House()
                server.hang()
                let outcome = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
                #expect(outcome == Built.Outcome(code: 0, output: "", error: ""))
                #expect(house.log().contains("no answer in time"))
                #expect(Spool(folder: house.scratch.path + "/state/spool").names().count == 1)
            }
        }
    }

    /// Each byte of the answer comes long before the deadline, the answer never.
    @Test func costsADeadlineWhenTheAnswerDrips() async throws {
        let house = try House()
        try await HostileRedis.run("$1000000\r\n", then: "x", .dripping(every: .milliseconds(5))) { server in
            let away = ["HOLDFAST_REDIS_URL": "\(server.url)"]
            let outcome = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#), away)
            #expect(outcome == Built.Outcome(code: 0, output: "", error: ""))
            let lookup = try await house.holdfast("lookup", "coder/1", with: away)
            #expect(lookup.code == 1 && lookup.error.contains("no answer in time); answering from the mirror"))
            // With a deadline for each byte both would have waited for all of them.
            #expect(server.sentBytes < 100_000)
            #expect(house.log().contains("no answer in time"))
            #expect(Spool(folder: house.scratch.path + "/state/spool").names().count == 1)
        }
    }

    /// What comes within a second counts, however much is still to come.
    @Test func doesNotWaitForAnInputThatDrips() async throws {
        let (house, outcome) = try await House.unhurried {
            let house = try House()
            let start = try house.scratch.write(
                String(decoding: house.payload("SessionStart", "s", #""source":"startup""#), as: UTF8.self), to: "start"
            )
            let script = "{ cat '\(start)'; while printf ' '; do sleep 0.2; done; } | holdfast-hook"
            return (
                house,
                try await Built.run("timeout", ["20", "sh", "-c", script], environment: house.environment)
            )
        }
        #expect(outcome.code == 0)
        #expect(try house.record("s")["state"] != nil, "\(house.log()) \(outcome)")
    }

    /// A resume that fails for want of its folder is no reason to drop: the folder is another, or not mounted.
    @Test(arguments: ["unmounted", "otherConfiguration"])
    func dropsNothingWhereItLooksInAnotherFolder(kind: String) async throws {
        let (house, _) = try await House.unhurried { (try await self.houseInAnotherFolder(kind), ()) }
        #expect(try house.bound() == "good")
        // That it was refused is all that is known; under another configuration not even that is of this session.
        #expect(try house.counter("claude_session_resume_failures_total") == (kind == "unmounted" ? 1 : 0))
    }

    private func houseInAnotherFolder(_ kind: String) async throws -> House {
        let house = try House()
        try await house.bind("good")
        var more: [String: String] = [:]
        let projects = house.scratch.path + "/claude/projects"
        if kind == "unmounted" {
            #expect(Files.rename(projects, to: projects + ".away"))
            try Files.makeFolder(projects + "/-written-meanwhile")
        } else {
            more["CLAUDE_CONFIG_DIR"] = house.scratch.path + "/other"
            try Files.makeFolder(house.scratch.path + "/other/projects/-p")
        }
        try await house.hook(
            house.payload("SessionEnd", "good", #""reason":"other""#), more.merging(["CLAUDE_PID": "1"]) { $1 })
        return house
    }

    @Test func marksTheEnvironmentOfWhatTheSessionStarts() async throws {
        let house = try House()
        let file = house.scratch.path + "/env.sh"
        try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#), ["CLAUDE_ENV_FILE": file])
        #expect(try Files.read(file) == "export HOLDFAST_OUTER_SESSION=s\n")
    }

    @Test func doesNothingWhereItIsSwitchedOff() async throws {
        let house = try House()
        let start = house.payload("SessionStart", "s", #""source":"resume""#)
        try await house.hook(start, ["HOLDFAST_DISABLED": "1"])
        #expect(try house.bound() == nil)
        #expect(try await house.holdfast("tracking", "stop", "--key", "coder/1").code == 0)
        try await house.hook(start)
        #expect(try house.bound() == nil)
        #expect(try await house.holdfast("tracking", "status", "--key", "coder/1").code == 1)
        #expect(try await house.holdfast("tracking", "start", "--key", "coder/1").code == 0)
        try await house.hook(start)
        #expect(try house.bound() == "s")
    }

    /// Bad input of every kind: exit 0, nothing printed, a line in the log, nothing done.
    @Test(arguments: [
        "garbage", "empty", "notUTF8", "twoMegabytes", "twentyMegabytes", "pathTrick", "foreignPath", "keyWithControls",
        "longKey", "badConfig",
    ])
    func bearsBadInput(kind: String) async throws {
        let house = try House()
        var input = house.payload("Stop", "s")
        var more: [String: String] = [:]
        var isLogged = true
        switch kind {
        case "garbage": input = Array("}{ not json $(touch /tmp/owned)".utf8)
        case "empty": input = []
        case "notUTF8": input = [0xff, 0xfe, 0x00, 0xc3, 0x28]
        case "twoMegabytes":
            input = house.payload(
                "Stop", "s", #""last_assistant_message":"\#(String(repeating: "x", count: 2 << 20))""#)
            isLogged = false
        case "twentyMegabytes":
            input = house.payload(
                "Stop", "s", #""last_assistant_message":"\#(String(repeating: "x", count: 20 << 20))""#)
            isLogged = false
        case "pathTrick":
            let path = "\(house.scratch.path)/claude/projects/../../../etc/passwd/s.jsonl"
            input = Array(#"{"session_id":"s","transcript_path":"\#(path)","cwd":"/","hook_event_name":"Stop"}"#.utf8)
            isLogged = false
        case "foreignPath":
            input = Array(
                #"{"session_id":"../s","transcript_path":"/etc/passwd","cwd":"/","hook_event_name":"Stop"}"#.utf8)
        case "keyWithControls": more["HOLDFAST_KEY"] = "a\u{1b}[31m\nb"
        case "longKey": more["HOLDFAST_KEY"] = String(repeating: "k", count: 10_240)
        default:
            try house.scratch.write("{ broken", to: "config/holdfast.json")
        }
        let outcome = try await house.hook(input, more)
        #expect(outcome == Built.Outcome(code: 0, output: "", error: ""))
        // A busy machine's Redis answers late, which is nothing of the input's.
        let logged = house.log().split(separator: "\n").filter { !$0.contains("is noted only") }
        #expect(logged.isEmpty != isLogged, "\(house.log())")
        // What went wrong first must not spoil what comes after.
        try await house.bind("next")
        let next = try house.record("next")
        #expect(next["turns"] == "1", "\(next)")
        #expect(!house.log().contains("\u{1b}"))
        #expect(!Files.exists("/tmp/owned"))
        #expect(try house.bound() != "s")
        var connection = try house.server.connect()
        let session = try connection.send(["HGETALL", house.keys.prefix + "session:s"]).fields
        #expect((session["transcript_path"] ?? "").contains("..") == false)
    }
}
