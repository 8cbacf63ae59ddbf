import Domain
import Glibc
import Platform
import Settings
import Storage
import TestSupport
import Testing

/// Background sessions, as the client starts them: by a service that has the environment of whoever started it.
@Suite(.redisServer) struct BackgroundTests {
    private let session = "1b2c3d4e-0000-4000-8000-000000000001"

    /// A client that writes its job down as the real one does, and lets the job's first hook run.
    private func client(_ house: House, hook: String = "holdfast-hook", started: String = "startup") throws -> String {
        let transcript = house.transcript(session)
        return try house.scratch.writeExecutable(
            #"""
            #!/bin/sh
            echo "$@" >>'\#(house.scratch.path)/arguments'
            printenv HOLDFAST_KEY HOLDFAST_JOB >>'\#(house.scratch.path)/inherited'
            while [ $# -gt 0 ]; do
              case $1 in --settings) settings=$2; shift ;; --settings=*) settings=${1#*=} ;; esac
              shift
            done
            job="$CLAUDE_CONFIG_DIR/jobs/1b2c3d4e"
            mkdir -p "$job"
            if [ -n "$settings" ]; then
              printf '{"sessionId":"\#(session)","state":"working","respawnFlags":["--settings","%s"]}' \
                "$(printf %s "$settings" | sed 's/"/\\"/g')" >"$job/state.json"
            fi
            value() { sed -n "s/.*$1..:..\([^\\\\]*\).*/\1/p" "$job/state.json"; }
            env HOLDFAST_KEY=coder/1 HOLDFAST_DISABLED=1 HOLDFAST_OUTER_SESSION=other sleep 60 >/dev/null 2>&1 &
            echo $! >'\#(house.scratch.path)/pid'
            while [ "$(cat /proc/$!/comm)" != sleep ]; do :; done
            echo '{"type":"user","message":{"role":"user","content":"q"}}' >'\#(transcript)'
            printf '{"session_id":"\#(session)","transcript_path":"\#(transcript)","cwd":"/","hook_event_name":"SessionStart","source":"\#(started)"}' |
              HOLDFAST_KEY=$(value HOLDFAST_KEY) HOLDFAST_JOB=$(value HOLDFAST_JOB) HOLDFAST_DISABLED=1 \
              HOLDFAST_OUTER_SESSION=other CLAUDE_JOB_DIR=$job CLAUDE_PID=$! \#(hook)
            echo "backgrounded · 1b2c3d4e"
            """#, to: "bin/claude")
    }

    private func endJob(_ house: House) throws {
        if let pid = Int32(try Files.read(house.scratch.path + "/pid").filter(\.isNumber)) { kill(pid, SIGKILL) }
    }

    /// The service was started with that very key, and with recording switched off; a fork is what the dispatch started.
    @Test(arguments: ["startup", "fork"])
    func bindsTheJobThatADispatchStarted(source: String) async throws {
        let house = try House()
        let client = try client(house, started: source)
        let outcome = try await house.holdfast("dispatch", "coder/1", "--", client, "--bg", "do it")
        #expect(
            outcome.code == 0 && outcome.output == "backgrounded · 1b2c3d4e\n"
                && outcome.error == "holdfast: coder/1 starts fresh: the key has no session\n", "\(outcome)")
        #expect(try house.bound() == session)
        #expect(try Files.read(house.scratch.path + "/inherited") == "", "the service would hand it on")
        let busy = try await house.holdfast("dispatch", "coder/1", "--", client, "--bg", "more")
        #expect(busy.code == 75)
        let lookup = try await house.holdfast("lookup", "coder/1", "--json")
        for text in [busy.error, lookup.output] {
            #expect(text.contains("claude stop 1b2c3d4e") && text.contains("claude attach 1b2c3d4e"), "\(text)")
        }
        try endJob(house)
        // It wakes under its own ID only where no flag is given.
        let state = house.scratch.path + "/claude/jobs/1b2c3d4e/state.json"
        let before = try Files.read(state)
        _ = try await house.holdfast("dispatch", "coder/1", "--", client, "--bg", "more")
        #expect(try Files.read(house.scratch.path + "/arguments").hasSuffix("--resume \(session) --bg more\n"))
        #expect(try Files.read(state) == before)
        try endJob(house)
    }

    /// What a caller sets stays beside what we set.
    @Test(arguments: ["text", "file", "tied"])
    func putsTheKeyIntoTheSettingsThatACallerGives(form: String) async throws {
        let house = try House()
        let client = try client(house)
        let settings = #"{"model":"m","env":{"OWN":"1"}}"#
        let file = try house.scratch.write(settings, to: "own.json")
        let given =
            switch form {
            case "text": ["--settings", settings]
            case "file": ["--settings", file]
            default: ["--settings=" + settings]
            }
        let outcome = try await Built.run(
            "holdfast", ["dispatch", "coder/1", "--", client] + given + ["--bg", "do it"],
            environment: house.environment)
        try endJob(house)
        #expect(outcome.code == 0, "\(outcome)")
        let arguments = try Files.read(house.scratch.path + "/arguments")
        #expect(arguments.contains(#""OWN":"1""#) && arguments.contains(#""model":"m""#), "\(arguments)")
        #expect(try house.bound() == session)
    }

    @Test func saysWhichSettingsCannotBeRead() async throws {
        let house = try House()
        let client = try client(house)
        let outcome = try await house.holdfast(
            "dispatch", "coder/1", "--", client, "--bg", "--settings", "/no/file", "q")
        #expect(outcome.code != 0 && outcome.error.contains("/no/file"), "\(outcome)")
        #expect(!Files.exists(house.scratch.path + "/arguments"))
    }

    /// A job that no dispatch started, in a service that one did.
    @Test(arguments: [nil, "mine/1"])
    func trustsNothingThatAJobInherits(own: String?) async throws {
        let house = try House()
        let service = Task {
            try await Built.run(
                "sh", ["-c", "echo $$ >pid; exec sleep 60"],
                environment: [
                    "HOLDFAST_KEY": "coder/1", "HOLDFAST_DISABLED": "1", "HOLDFAST_JOB": "old",
                    "HOLDFAST_OUTER_SESSION": "o",
                ], in: house.scratch.path)
        }
        let file = house.scratch.path + "/pid"
        try await poll("the service runs") {
            guard let pid = Int32(((try? Files.read(file)) ?? "").filter(\.isNumber)) else { return false }
            return ProcessTable.entry(pid)?.name == "sleep"
        }
        let pid = try Files.read(file).filter(\.isNumber)
        var job = [
            "CLAUDE_JOB_DIR": house.scratch.path + "/claude/jobs/abc", "CLAUDE_PID": pid, "HOLDFAST_KEY": "coder/1",
            "HOLDFAST_DISABLED": "1", "HOLDFAST_JOB": "old", "HOLDFAST_OUTER_SESSION": "o",
        ]
        if let own { job["HOLDFAST_KEY"] = own }
        try await house.hook(house.payload("SessionStart", "abc", #""source":"startup""#), job)
        let key = try house.record("abc")["dispatch_key"]
        let folder = try #require(Files.realPath(house.scratch.path))
        #expect(key == (own ?? "dir:" + folder))
        #expect(try house.bound() == nil)
        // A client that is gone says nothing of what was its own: the session stays under the key it has.
        try endJob(house)
        _ = try await service.value
        job["HOLDFAST_KEY"] = "coder/1"
        try await house.hook(house.payload("SessionEnd", "abc", #""reason":"other""#), job)
        #expect(try house.record("abc")["dispatch_key"] == key)
    }
}
