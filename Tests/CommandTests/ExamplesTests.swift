import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// The examples of the README, run as they stand, with a client that answers for the real one.
@Suite(.redisServer) struct ExamplesTests {
    private static let programs = [("sh", "loop.sh"), ("python3", "dispatch.py"), ("node", "dispatch.mjs")]

    /// Those whose runtime is there.
    static let present = programs.filter { program, _ in CompanionStarter.executable(program) != nil }
    static let absent = programs.filter { program, _ in CompanionStarter.executable(program) == nil }

    /// A client on PATH that tells its arguments, and knows no session named "dead".
    private func house() throws -> House {
        var house = try House()
        let script = """
            #!/bin/sh
            if [ "$1 $2" = "--resume dead" ]; then
              echo "No conversation found with session ID: dead" >&2
              exit 1
            fi
            echo "claude $* under $HOLDFAST_KEY"
            """
        try house.scratch.writeExecutable(script, to: "path/claude")
        house.environment["PATH"] =
            "\(house.scratch.path)/path:\(Built.folder):\(Settings.processEnvironment["PATH"] ?? "")"
        return house
    }

    private func run(_ house: House, _ program: String, _ file: String) async throws -> Built.Outcome {
        var environment = house.environment
        environment["HOLDFAST_KEY"] = nil
        return try await Built.run(
            program, ["\(Built.root)/docs/examples/\(file)", "coder/1", "go on"], environment: environment)
    }

    @Test(arguments: present) func startsFreshWhereThereIsNoSession(program: String, file: String) async throws {
        let outcome = try await run(try house(), program, file)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output == "claude -p go on under coder/1\n")
    }

    @Test(arguments: present) func resumesTheSessionOfTheKey(program: String, file: String) async throws {
        let house = try house()
        try await house.bind("good")
        let outcome = try await run(house, program, file)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output == "claude --resume good -p go on under coder/1\n")
    }

    @Test(arguments: present) func startsFreshOnceAfterAFailedResume(program: String, file: String) async throws {
        let house = try house()
        var connection = try house.server.connect()
        let now = String(HostClock.wallMilliseconds)
        _ = try connection.send([
            "HSET", house.keys.binding(DispatchKey("coder/1")), "session_id", "dead", "last_used_ms", now, "host",
            "other-00000000",
        ])
        let outcome = try await run(house, program, file)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.hasSuffix("claude -p go on under coder/1\n"))
        #expect(try house.bound() == nil)
        #expect(try house.counter("claude_session_resume_failures_total") == 1)
    }

    @Test(arguments: present) func saysThatTheKeyIsBusy(program: String, file: String) async throws {
        let house = try house()
        var connection = try house.server.connect()
        _ = try connection.send(["SET", house.keys.lock(DispatchKey("coder/1")), "other-00000000:1:1", "PX", "60000"])
        #expect(try await run(house, program, file).code == 75)
    }

    @Test(.disabled(if: absent.isEmpty, "every runtime is present")) func someExamplesWereNotRun() {
        print("examples not run, since their runtime is missing: \(Self.absent.map(\.1).joined(separator: ", "))")
    }
}
