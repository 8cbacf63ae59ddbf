import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct DispatchTests {
    /// A client that knows no session: fails as the real one does when told to resume, else tells what it got.
    private let forgetful = """
        case $1 in --resume=*)
          head -c 3 >/dev/null
          [ "$2" = stream ] && printf '{"type":"result","subtype":"error_during_execution","is_error":true,"errors":["No conversation found with session ID: %s"]}\\n' "$1"
          echo "No conversation found with session ID: ${1#*=}" >&2
          exit 1
        esac
        printf 'fresh %s got ' "$*"; cat
        exit 7
        """

    private func bindElsewhere(_ house: House, _ session: String = "dead") async throws {
        var connection = try house.server.connect()
        let key = try DispatchKey("coder/1")
        _ = try connection.send([
            "HSET", house.keys.binding(key), "session_id", session, "last_used_ms", String(HostClock.wallMilliseconds),
            "host", "other-00000000",
        ])
    }

    @Test func insertsTheSessionAndPassesStreamsAndExitCodeOn() async throws {
        let house = try House()
        try await house.bind("good")
        let client = try house.client("printf 'out %s|' \"$*\"; cat; echo err >&2; echo \"key $HOLDFAST_KEY\"; exit 5")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, "-p", "hi there", input: "prompt")
        #expect(
            outcome
                == Built.Outcome(code: 5, output: "out --resume=good -p hi there|promptkey coder/1\n", error: "err\n"))
    }

    /// Or it would wait for ever for the client's end.
    @Test func hearsOfTheEndAlsoWhereItsParentIgnoresSuchThings() async throws {
        let house = try House()
        let outcome = try await Built.run(
            "timeout",
            ["-k", "1", "10", "env", "--ignore-signal=CHLD", "holdfast", "dispatch", "coder/1", "--"]
                + [try house.client("exit 3")], environment: house.environment)
        #expect(outcome.code == 3, "\(outcome)")
    }

    @Test(arguments: ["text", "stream"])
    func startsFreshInTheSameCallWithTheWholePrompt(mode: String) async throws {
        let house = try House()
        try await bindElsewhere(house)
        let prompt = String(repeating: "a long prompt ", count: 40_000)
        let outcome = try await house.holdfast(
            "dispatch", "coder/1", "--", try house.client(forgetful), mode, input: prompt)
        #expect(outcome.code == 7)
        #expect(outcome.output == "fresh \(mode) got \(prompt)")
        #expect(outcome.error == "holdfast: session dead no longer exists and was dropped; a fresh one starts\n")
        #expect(try house.bound() == nil)
        #expect(try house.counter("claude_session_resume_failures_total") == 1)
    }

    @Test(arguments: ["echo 'API Error: 401' ; exit 1", "echo overloaded >&2; exit 1", "kill -9 $$", "exit 130"])
    func keepsTheBindingOnAnyOtherFailure(script: String) async throws {
        let house = try House()
        try await bindElsewhere(house, "kept")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", try house.client(script))
        #expect([1, 130, 137].contains(outcome.code))
        #expect(try house.bound() == "kept")
        #expect(try house.counter("claude_session_resume_failures_total") == 0)
    }

    /// Whatever the reason: a refusal is proof, and the same call answers.
    @Test(arguments: ["in its place", "in another folder", "folder gone", "storage gone", "told otherwise"])
    func startsFreshThoughTheTranscriptIsHere(place: String) async throws {
        let house = try House()
        try await house.bind("here")
        var connection = try house.server.connect()
        let record = house.keys.binding(try DispatchKey("coder/1"))
        if place == "in another folder" {
            try Files.makeFolder(house.scratch.path + "/home")
            _ = try connection.send(["HSET", record, "cwd", house.scratch.path + "/home"])
        }
        if place == "folder gone" { _ = try connection.send(["HSET", record, "cwd", "/nowhere/at/all"]) }
        if place == "storage gone" { Files.removeFolder(house.scratch.path + "/claude/projects") }
        var script = forgetful
        if place == "told otherwise" {
            script = script.replacing("No conversation found with session ID:", with: "Failed to resume session:")
        }
        let client = try house.client(script)
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, "text", input: "prompt")
        #expect(outcome.code == 7)
        #expect(outcome.output == "fresh text got prompt")
        #expect(!outcome.error.contains("No conversation found"))
        #expect(try house.counter("claude_session_resume_failures_total") == 1)
        let isKept = ["in another folder", "storage gone"].contains(place)
        #expect(try house.bound() == (isKept ? "here" : nil), "\(outcome.error)")
        #expect(
            outcome.error.contains("resumes it only from \(house.scratch.path)/home") == (place == "in another folder"))
        guard isKept else { return }
        let why = try await house.holdfast("why", "coder/1")
        #expect(why.output.contains("refused it once") && !why.output.contains("its transcript is here"), "\(why)")
        // A second refusal in a row drops it: no key sticks.
        _ = try await house.holdfast("dispatch", "coder/1", "--", client, "text", input: "prompt")
        #expect(try house.bound() == nil)
    }

    @Test func offersNoSessionWhoseConversationTheAPIRefusesEachTime() async throws {
        let house = try House()
        try await house.bind("good")
        let refused = #""error":"invalid_request","last_assistant_message":"Prompt is too long""#
        for _ in 0..<2 { try await house.hook(house.payload("StopFailure", "good", refused)) }
        try await house.hook(house.payload("SessionEnd", "good", #""reason":"other""#))
        try await house.settle()
        let why = try await house.holdfast("why", "coder/1")
        #expect(why.output.contains("2 times in a row (too_long)"), "\(why)")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", try house.client("echo \"args $*\""), "-p")
        #expect(outcome.output == "args -p\n")
        #expect(try house.bound() == "good", "kept")
        #expect(try await house.holdfast("sessions", "list").output.contains("retired"))
        // An answer, by hand, makes it resumable again.
        try await house.hook(house.payload("Stop", "good"))
        try await house.hook(house.payload("SessionEnd", "good", #""reason":"other""#))
        try await house.settle()
        #expect(try await house.holdfast("lookup", "coder/1").output == "good\n")
    }

    @Test func startsNoClientWhileTheUsageLimitOfItsAccountLasts() async throws {
        let house = try House()
        try await house.bind("good")
        let end = HostClock.wallMilliseconds / 1000 + 3600
        let limited = #""error":"rate_limit","last_assistant_message":"usage limit reached|\#(end)""#
        try await house.hook(house.payload("StopFailure", "good", limited))
        try await house.hook(house.payload("SessionEnd", "good", #""reason":"other""#))
        try await house.settle()
        let client = try house.client("echo ran")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--json", "--wait", "5", "--", client)
        #expect(outcome.code == 75 && outcome.output == "")
        #expect(outcome.error.contains(#""until":"\#(ISOTime.text(end * 1000))""#), "\(outcome.error)")
        #expect(try await house.holdfast("lookup", "coder/1").code == 75)
        #expect(try await house.holdfast("lookup", "coder/2").code == 75, "of the account, not of the key")
        let other = ["ANTHROPIC_API_KEY": "other"]
        #expect(try await house.holdfast("dispatch", "coder/1", "--", client, with: other).output == "ran\n")
        // A try that succeeds ends it.
        try await house.hook(house.payload("Stop", "good"))
        try await house.settle()
        #expect(try await house.holdfast("dispatch", "coder/2", "--", client).output == "ran\n")
    }

    @Test func startsTheClientWhateverIsWrongWithOurOwnState() async throws {
        let house = try House()
        try await house.bind("good")
        var connection = try house.server.connect()
        let key = try DispatchKey("coder/1")
        for broken in [house.keys.binding(key), house.keys.lock(key), house.keys.counters] {
            _ = try connection.send(["DEL", broken])
            _ = try connection.send(["SADD", broken, "of another type"])
        }
        let client = try house.client("echo ran")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client)
        #expect(outcome.code == 0 && outcome.output == "ran\n" && outcome.error.contains("WRONGTYPE"), "\(outcome)")
        try Files.write("", to: house.scratch.path + "/file")
        let nowhere = ["HOLDFAST_STATE_DIR": house.scratch.path + "/file/state"]
        let second = try await house.holdfast("dispatch", "coder/2", "--", client, with: nowhere)
        #expect(
            second.code == 0 && second.output == "ran\n" && second.error.contains("nothing can be kept"), "\(second)")
    }

    @Test func triesNoResumeWhereTheTranscriptIsGone() async throws {
        let house = try House()
        try await house.bind("gone")
        Files.remove(house.transcript("gone"))
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", try house.client("echo \"args $*\""), "-p")
        #expect(outcome.output == "args -p\n")
        #expect(try house.counter("claude_session_drops_total{reason=\"missing\"}") == 1)
        #expect(try house.counter("claude_session_resumes_saved_total") == 1)
    }

    /// A client whose hooks tell of a start, resumed or fresh, and that says what they showed it.
    private func clientWithHooks(_ house: House, resuming: String = "exit 1") throws -> String {
        let start = try house.scratch.write(
            String(decoding: house.payload("SessionStart", "new", #""source":"startup""#), as: UTF8.self),
            to: "start.json")
        let hook = Built.folder + "/holdfast-hook"
        return try house.client(
            "case $1 in --resume=*) \(resuming);; esac; '\(hook)' <'\(start)'; printenv HOLDFAST_NO_CARRY_OVER; true")
    }

    /// Its hooks are told of no process: the test's own would make each client here nested in the one before.
    private func houseOfStrangers() throws -> House {
        var house = try House()
        house.environment["CLAUDE_PID"] = "1"
        return house
    }

    @Test func carriesOverWhereThereIsNothingToResume() async throws {
        let (house, outcome) = try await House.unhurried {
            let house = try houseOfStrangers()
            try await house.bind("gone")
            try house.say("the plan")
            Files.remove(house.transcript("gone"))
            let why = try await house.holdfast("why", "coder/1")
            #expect(why.output.contains("The fresh session is shown the last 1 of what was said ("), "\(why)")
            #expect(why.output.contains("\n> > the plan\n"))
            let json = try await house.holdfast("why", "coder/1", "--json")
            #expect(
                json.output.contains(#""reason" : "missing""#) && json.output.contains(#""messages" : 1"#), "\(json)")
            return (house, try await house.holdfast("dispatch", "coder/1", "--", try clientWithHooks(house)))
        }
        #expect(
            outcome.output.contains("its transcript is gone") && outcome.output.contains("> > the plan"), "\(outcome)")
        let other = try await house.hook(house.payload("SessionStart", "other", #""source":"startup""#))
        #expect(other.output == "", "not twice")
    }

    /// Something is in its way, or the disk is full: nobody can say that the session is lost.
    @Test func startsFreshAndDropsNothingWhereTheVaultCannotBeReadNow() async throws {
        let (house, outcome) = try await House.unhurried {
            let house = try houseOfStrangers()
            try await house.bind("gone")
            try house.say("the plan")
            Files.remove(house.transcript("gone"))
            try house.scratch.write("no folder", to: "state/vault/packs")
            return (house, try await house.holdfast("dispatch", "coder/1", "--", try clientWithHooks(house)))
        }
        #expect(
            outcome.output.contains("its transcript is gone") && outcome.output.contains("> > the plan"), "\(outcome)")
        #expect(outcome.error.contains("the vault cannot be used now"), "\(outcome)")
        #expect(try house.bound() == "gone")
    }

    @Test func carriesNothingOverWhereNobodyWantsIt() async throws {
        let house = try houseOfStrangers()
        try await house.bind("gone")
        try house.say("the plan")
        Files.remove(house.transcript("gone"))
        let client = try clientWithHooks(house)
        let outcome = try await house.holdfast("dispatch", "coder/1", "--no-carry-over", "--", client)
        #expect(outcome.output == "coder/1\n", "\(outcome)")
        let told = try await house.holdfast("dispatch", "coder/3", "--", client, with: ["HOLDFAST_NO_CARRY_OVER": "1"])
        #expect(told.output == "coder/3\n", "1 is for every key: \(told)")
        // What a client started hands on is another's.
        let nested = try await house.holdfast(
            "dispatch", "coder/2", "--", client, with: ["HOLDFAST_NO_CARRY_OVER": "coder/1"])
        #expect(nested.output == "", "\(nested)")
    }

    @Test(arguments: [
        "echo 'No conversation found with session ID: good' >&2; exit 1", "exit 134",
    ])
    func aResumeThatFailsCarriesOverInTheSameCall(failure: String) async throws {
        let (_, outcome) = try await House.unhurried {
            let house = try houseOfStrangers()
            try await house.bind("good")
            try house.say("the plan")
            let client = try clientWithHooks(house, resuming: failure)
            return (house, try await house.holdfast("dispatch", "coder/1", "--", client))
        }
        #expect(outcome.output.contains("did not take it up again"), "\(outcome)")
        #expect(outcome.output.contains("> > the plan"), "\(outcome)")
    }

    @Test func whatTheAPIRefusesIsCarriedOver() async throws {
        let (_, outcome) = try await House.unhurried {
            let house = try houseOfStrangers()
            try await house.bind("poisoned")
            let refused = #""error":"invalid_request","last_assistant_message":"Prompt is too long""#
            for _ in 0..<2 { try await house.hook(house.payload("StopFailure", "poisoned", refused)) }
            try await house.hook(house.payload("SessionEnd", "poisoned", #""reason":"other""#))
            try await house.settle()
            try house.say("the plan")
            #expect(try await house.holdfast("why", "coder/1").output.contains("> > the plan"))
            return (house, try await house.holdfast("dispatch", "coder/1", "--", try clientWithHooks(house)))
        }
        #expect(outcome.output.contains("the API refused its conversation each time"), "\(outcome)")
    }

    @Test func whatLiesUnderAnotherConfigFolderIsCarriedOver() async throws {
        let (_, outcome) = try await House.unhurried {
            let house = try houseOfStrangers()
            try await house.bind("kept")
            try house.say("the plan")
            try Files.makeFolder(house.scratch.path + "/other/projects/-p")
            let other = ["CLAUDE_CONFIG_DIR": house.scratch.path + "/other"]
            return (
                house, try await house.holdfast("dispatch", "coder/1", "--", try clientWithHooks(house), with: other)
            )
        }
        #expect(outcome.output.contains("it lies under another config folder"), "\(outcome)")
    }

    /// Runs dispatch from a shell, for what a shell does with its streams.
    private func shell(_ house: House, _ script: String) async throws -> Built.Outcome {
        var environment = house.environment
        environment["PATH"] = "\(Built.folder):\(Settings.processEnvironment["PATH"] ?? "")"
        return try await Built.run("sh", ["-c", script], environment: environment, in: house.scratch.path)
    }

    @Test func passesAllOnToAReaderThatComesLate() async throws {
        let house = try House()
        try await house.bind("good")
        let client = try house.client("head -c 300000 /dev/zero | tr '\\0' x")
        let read = house.scratch.path + "/read"
        // The reader begins when the client has ended.
        let script =
            "holdfast dispatch coder/1 -- '\(client)' | { while [ ! -e '\(read)' ]; do sleep 0.02; done; wc -c; }"
        async let outcome = shell(house, script)
        var connection = try house.server.connect()
        try await poll("the dispatch runs") {
            try connection.send(["EXISTS", house.keys.lock(DispatchKey("coder/1"))]) == .integer(1)
        }
        try Files.write("", to: read)
        #expect(try await outcome.output.filter(\.isNumber) == "300000")
    }

    @Test func passesBytesOnThatAreNoText() async throws {
        let house = try House()
        try await house.bind("good")
        let client = try house.client(
            "printf '%s|' \"$@\"; printenv ODD; printenv HOLDFAST_KEY; printenv HOLDFAST_OUTER_SESSION")
        let script = "ODD=$(printf 'o\\377') holdfast dispatch coder/1 -- timeout 20 '\(client)' x"
        let hidden = try await shell(house, script)
        #expect(hidden.code == 64)
        let named = try house.scratch.writeExecutable(try Files.read(client), to: "named/claude")
        let raw =
            "export HOLDFAST_OUTER_SESSION=s; ODD=$(printf 'o\\377') holdfast dispatch coder/1 -- timeout 20 '\(named)' \"$(printf 'a\\376')\" | od -An -c"
        let bytes = try await shell(house, raw).output.split(whereSeparator: \.isWhitespace).joined()
        #expect(bytes == "--resume=good|a376|o377\\ncoder/1\\n")
    }

    @Test func doesNotWaitForWhatTheClientLeftRunning() async throws {
        let house = try House()
        try await house.bind("good")
        let client = try house.client(
            "(while [ ! -e \"$0.stop\" ]; do echo talk; sleep 0.01; done) & echo answer; exit 3")
        let outcome = try await shell(
            house, "holdfast dispatch coder/1 -- '\(client)' >out; code=$?; touch '\(client).stop'; exit $code")
        #expect(outcome.code == 3)
        #expect(try Files.read(house.scratch.path + "/out").contains("answer"))
    }

    @Test func writesNothingIntoItsFilesWhenStdoutIsClosed() async throws {
        let house = try House()
        _ = try await shell(house, "holdfast dispatch coder/1 -- '\(try house.client("echo words"))' >&-")
        let locks = house.scratch.path + "/state/locks"
        for name in try Files.names(in: locks) { #expect(try Files.read("\(locks)/\(name)") == "") }
    }

    @Test func holdsTheKeyUntilTheClientOfAKilledDispatchIsDead() async throws {
        let house = try House()
        let started = house.scratch.path + "/started"
        // Deaf to SIGTERM, and killed in the moment it started.
        let client = try house.client("trap '' TERM; echo $$ >'\(started)'; while :; do sleep 0.05; done")
        _ = try await shell(
            house,
            "holdfast dispatch coder/1 -- '\(client)' & pid=$!; while [ ! -s '\(started)' ]; do sleep 0.02; done; kill -9 $pid; wait $pid"
        )
        let child = try #require(Int32(try Files.read(started).filter(\.isNumber)))
        let second = try await house.holdfast("dispatch", "coder/1", "--", "true")
        if ProcessTable.entry(child) != nil { #expect(second.code == 75) }
        #expect(try await house.holdfast("dispatch", "coder/1", "--wait", "20", "--", "true").code == 0)
        #expect(ProcessTable.entry(child) == nil)
    }

    @Test func refusesArgumentsThatChooseASession() async throws {
        let house = try House()
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", "claude", "--continue")
        #expect(outcome.code == 64)
        #expect(outcome.error.contains("--continue"))
        #expect(try await house.holdfast("dispatch", "coder/1").code == 64)
        #expect(try await house.holdfast("dispatch", "coder/1", "--", "/no/such/client").code == 127)
    }

    @Test func isBusyForASecondDispatchAndWaitsWhenTold() async throws {
        let house = try House()
        let gate = house.scratch.path + "/gate"
        let client = try house.client(
            "touch '\(gate).started'; while [ ! -e '\(gate)' ]; do sleep 0.02; done; echo done")
        async let first = house.holdfast("dispatch", "coder/1", "--", client)
        try await poll("the first runs") { Files.exists(gate + ".started") }
        let refused = try await house.holdfast("dispatch", "coder/1", "--", client)
        #expect(refused.code == 75)
        #expect(refused.output == "")
        async let second = house.holdfast("dispatch", "coder/1", "--wait", "20", "--", client)
        try Files.write("", to: gate)
        #expect(try await first.output == "done\n")
        #expect(try await second.output == "done\n")
    }

    @Test func isBusyWhileAnotherHostHoldsTheKey() async throws {
        let house = try House()
        var connection = try house.server.connect()
        _ = try connection.send(["SET", house.keys.lock(DispatchKey("coder/1")), "other-00000000:1:1", "PX", "60000"])
        #expect(try await house.holdfast("dispatch", "coder/1", "--", "true").code == 75)
        #expect(try await house.holdfast("lookup", "coder/1").code == 75)
    }

    @Test func goesOnWithTheMirrorWhileRedisIsAway() async throws {
        let house = try House()
        try await house.bind("good")
        let outcome = try await house.holdfast(
            "dispatch", "coder/1", "--", try house.client("echo \"args $*\""),
            with: ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"])
        #expect(outcome.output == "args --resume=good\n")
        #expect(outcome.error.contains("going on with the mirror"))
    }

    @Test func dropsInTheMirrorAndLeavesANoteWhileRedisIsAway() async throws {
        let house = try House()
        try await house.bind("gone")
        Files.remove(house.transcript("gone"))
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        let outcome = try await house.holdfast(
            "dispatch", "coder/1", "--", try house.client("echo \"args $*\""), with: away)
        #expect(outcome.output == "args\n" || outcome.output == "args \n")
        #expect(try house.bound() == "gone")
        #expect(try await house.holdfast("lookup", "coder/1").code == 1)
        #expect(try house.bound() == nil)
        #expect(try house.counter("claude_session_drops_total{reason=\"missing\"}") == 1)
    }

    /// Whatever the client's reason, and whether it tells it: what says nothing of the session answers no prompt.
    @Test(arguments: ["exit 134", "kill -9 $$", "echo 'Error: the store is sealed' >&2; exit 1"])
    func startsFreshWhereTheClientEndsBeforeAnythingIsSaid(fate: String) async throws {
        let house = try House()
        try await house.bind("here")
        let client = try house.client("case $1 in --resume=*) \(fate);; esac; printf 'fresh '; cat")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, input: "prompt")
        #expect(outcome.code == 0 && outcome.output == "fresh prompt", "\(outcome)")
        #expect(outcome.error.contains("before session here said anything"), "\(outcome)")
        #expect(try house.bound() == nil, "the next dispatch does not try it again")
    }

    @Test func startsNothingFreshOnceSomethingWasSaid() async throws {
        let house = try House()
        try await house.bind("here")
        let line = #"{"type":"user","message":{"role":"user","content":"go on"}}"#
        let client = try house.client("echo '\(line)' >>'\(house.transcript("here"))'; exit 134")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, input: "prompt")
        #expect(outcome == Built.Outcome(code: 134, output: "", error: ""))
        #expect(try house.bound() == "here")
    }

    /// A client that is killed in the midst of its work has not written it all down.
    @Test func startsNothingFreshOnceTheSessionWasPrompted() async throws {
        let house = try House()
        try await house.bind("here")
        let prompt = String(decoding: house.payload("UserPromptSubmit", "here"), as: UTF8.self)
        let client = try house.client("printf %s '\(prompt)' | CLAUDE_PID=$$ holdfast-hook; kill -9 $$")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, input: "prompt")
        #expect(outcome == Built.Outcome(code: 137, output: "", error: ""))
        #expect(try house.bound() == "here")
    }

    @Test func startsFreshBehindTheWordsOfAWrapper() async throws {
        let house = try House()
        try await bindElsewhere(house)
        let client = try house.client("echo starting; " + forgetful)
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, "text", input: "prompt")
        #expect(outcome.code == 7 && outcome.output == "starting\nfresh text got prompt", "\(outcome)")
    }

    /// On a terminal, too, where the client only prints.
    @Test func startsFreshOnATerminal() async throws {
        let house = try House()
        try await bindElsewhere(house)
        let client = try house.client(
            "case $1 in --resume=*) echo \"No conversation found with session ID: x\" >&2; exit 1;; esac; echo fresh $*"
        )
        let outcome = try await Built.run(
            "script", ["-qec", "holdfast dispatch coder/1 -- '\(client)' -p hi </dev/null", "/dev/null"],
            environment: house.environment)
        #expect(outcome.output.contains("fresh -p hi") && !outcome.output.contains("No conversation"), "\(outcome)")
        #expect(try house.bound() == nil)
    }

    @Test(arguments: ["x", "OK", "a:b", ""]) func isNotBusyBecauseOfALockThatIsNone(value: String) async throws {
        let house = try House()
        var connection = try house.server.connect()
        _ = try connection.send(["SET", house.keys.lock(DispatchKey("coder/1")), value])
        let client = try house.client("echo ran")
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client)
        #expect(outcome.code == 0 && outcome.output == "ran\n", "\(outcome)")
        #expect(try await house.holdfast("lookup", "coder/1").code == 1)
    }

    @Test func aLookupSeesTheLocksOfThisHostWhileRedisIsAway() async throws {
        let house = try House()
        try await house.bind("good")
        let away = ["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]
        let state = StateFolder(path: house.scratch.path + "/state")
        let holder = try await Built.run(
            "flock", [state.lock(of: DispatchKey("coder/1")), "holdfast", "lookup", "coder/1"],
            environment: house.environment.merging(away) { $1 })
        #expect(holder.code == 75, "\(holder)")
        #expect(try await house.holdfast("lookup", "coder/1", with: away).code == 0)
    }

    @Test func saysThatNothingWasRecorded() async throws {
        let house = try House()
        let silent = try await house.holdfast("dispatch", "coder/1", "--", try house.client("echo ran"))
        #expect(silent.code == 0 && silent.error.contains("nothing of this run was recorded"), "\(silent)")
        let off = ["HOLDFAST_DISABLED": "1"]
        let quiet = try await house.holdfast("dispatch", "coder/1", "--", "true", with: off)
        #expect(!quiet.error.contains("nothing of this run"), "\(quiet)")
        let start = String(decoding: house.payload("SessionStart", "s", #""source":"startup""#), as: UTF8.self)
        let told = try house.client("printf %s '\(start)' | holdfast-hook")
        let fresh = try await house.holdfast("dispatch", "coder/2", "--", told)
        #expect(fresh.error == "holdfast: coder/2 starts fresh: the key has no session\n", "\(fresh)")
    }

    /// Whoever counts on what was said before hears of it on stderr, in one line; one that resumes says nothing.
    @Test func saysInOneLineWhyItStartsFresh() async throws {
        let house = try House()
        try await house.bind("s")
        let client = try house.client("echo ran")
        #expect(!(try await house.holdfast("dispatch", "coder/1", "--", client)).error.contains("starts fresh"))
        let explained = try await house.holdfast("dispatch", "coder/9", "--explain", "--", client)
        #expect(explained.error.contains("The next dispatch of coder/9 starts fresh: the key has no session."))
        Files.remove(house.transcript("s"))
        let gone = try await house.holdfast("dispatch", "coder/1", "--", client)
        #expect(
            gone.error.hasPrefix("holdfast: coder/1 starts fresh: the transcript of session s, last used "), "\(gone)")
        #expect(gone.output == "ran\n")
    }

    /// A key of which nothing is recorded starts fresh each time, and nobody is to look for the reason.
    @Test func saysThatAKeyIsStopped() async throws {
        let house = try House()
        _ = try await house.holdfast("tracking", "stop", "--key", "coder/1")
        let words = "'holdfast tracking start --key coder/1'"
        let why = try await house.holdfast("why", "coder/1")
        #expect(why.output.contains("Nothing of it is recorded") && why.output.contains(words), "\(why)")
        let dispatch = try await house.holdfast("dispatch", "coder/1", "--", "true")
        #expect(dispatch.error.contains("starts fresh") && dispatch.error.contains(words), "\(dispatch)")
        _ = try await house.holdfast("tracking", "start", "--key", "coder/1")
        _ = try await house.holdfast("tracking", "stop", "--project", house.scratch.path)
        let inside = try await house.holdfast("why", "coder/1")
        #expect(inside.output.contains("Nothing done in \(house.scratch.path) is recorded"), "\(inside)")
    }

    /// A session that somebody drives would bind its key again with its next word.
    @Test func dropsNothingThatIsDriven() async throws {
        let house = try House()
        try await house.bind("s")
        let drops = try house.client("holdfast sessions drop coder/1; echo $?")
        let busy = try await house.holdfast("dispatch", "coder/1", "--", drops)
        #expect(busy.output == "75\n" && busy.error.contains("coder/1 is busy"), "\(busy)")
        #expect(try house.bound() == "s")
        let done = try await house.holdfast("sessions", "drop", "coder/1")
        #expect(done.code == 0, "\(done)")
        #expect(try house.bound() == nil)
    }

    @Test func offersNoTranscriptWithoutAConversation() async throws {
        let house = try House()
        try await house.bind("empty")
        try Files.write(#"{"type":"summary","summary":"of another"}"# + "\n", to: house.transcript("empty"))
        let why = try await house.holdfast("why", "coder/1")
        #expect(why.output.contains("holds no conversation") && why.output.contains("starts fresh"), "\(why)")
        #expect(try await house.holdfast("lookup", "coder/1").code == 1)
        #expect(try house.bound() == nil)
    }

    /// By the client's own list, hooks or not.
    @Test func isBusyWhileAProcessHasTheSessionOpen() async throws {
        let house = try House()
        try await house.bind("open")
        let own = ProcessTable.own
        let entry =
            #"{"pid":\#(own.pid),"sessionId":"open","procStart":"\#(own.startTicks)","pidDomain":"linux:x:pid:[\#(ProcessTable.space.namespace)]"}"#
        try Files.makeFolder(house.scratch.path + "/claude/sessions")
        let file = "\(house.scratch.path)/claude/sessions/\(own.pid).json"
        try Files.write(entry, to: file)
        #expect(try await house.holdfast("dispatch", "coder/1", "--", "true").code == 75)
        try Files.write(entry.replacing("pid:[", with: "pid:[9"), to: file)
        #expect(try await house.holdfast("lookup", "coder/1").code == 0)
        try Files.write(entry.replacing(#""procStart":""#, with: #""procStart":"9"#), to: file)
        #expect(try await house.holdfast("lookup", "coder/1").code == 0)
    }
}
