import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// `holdfast drain-host` with the built executables.
@Suite struct DrainHostTests {
    private let session = "11111111-0000-4000-8000-000000000001"

    private func companion(_ home: CompanionHome) throws -> Int32? {
        CompanionStarter(settings: try Settings.load(environment: home.environment)).companionID
    }

    private func outcomes(_ answer: JSONValue) -> [String: String] {
        guard case .array(let lines) = answer.member("lines") else { return [:] }
        return lines.reduce(into: [:]) { $0[$1.string("step") ?? ""] = $1.string("outcome") }
    }

    /// What nobody else has is said, and nothing is stopped.
    @Test func stopsNothingWhereAllLiesHereAlone() async throws {
        try await CompanionHome.run { home in
            try await home.say(session, "the lighthouse is tall", "yes")
            let drained = try await home.holdfast("drain-host", "--json")
            let answer = try JSONValue(parsing: drained.output)
            #expect(drained.code == 1 && answer.member("is_safe") == .bool(false), "\(drained)")
            #expect(outcomes(answer)["copy"] == "here" && outcomes(answer)["capture"] == "done", "\(drained)")
            #expect(try companion(home) != nil)
            let said = try await home.holdfast("drain-host")
            #expect(said.output.contains("copy: NOT SAFE: ") && said.output.contains("remote.url"), "\(said)")
        }
    }

    /// A turn whose hook was never heard, a note, an episode without a memory: all are elsewhere when the host goes.
    @Test func everyWordIsElsewhere() async throws {
        try await CompanionHome.run { home in
            let copy = home.scratch.path + "/copy"
            try Files.makeFolder(copy)
            try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
            try await home.say(session, "the lighthouse is tall", "yes")
            // Of this turn no hook told.
            let lines = [Said.user("the harbour is deep", uuid: "late-u"), Said.agent("yes", uuid: "late-a")]
            try Files.add(lines.map { $0 + "\n" }.joined(), to: home.transcript(session))
            let answer = try await home.json("drain-host")
            #expect(answer.member("is_safe") == .bool(true), "\(answer.text)")
            #expect(outcomes(answer)["companion"] == "done", "\(answer.text)")
            #expect(try companion(home) == nil)

            for path in ["/state", "/claude/projects"] { Files.removeFolder(home.scratch.path + path) }
            #expect(try await home.json("remote", "clone").member("is_whole") == .bool(true))
            #expect(try await home.holdfast("up").code == 0)
            for word in ["lighthouse", "harbour"] {
                let end = ContinuousClock().now + .seconds(60)
                while try await !home.finds(word) { try #require(ContinuousClock().now < end, "\(word) is not found") }
            }
            let restored = try await home.holdfast("vault", "restore", session, "--project", home.scratch.path)
            #expect(restored.code == 0, "\(restored)")
            let lookup = try await home.holdfast("lookup", "coder/1")
            #expect(lookup.code == 0 && lookup.output == session + "\n", "\(lookup)")
        }
    }

    /// What no episode, no vault or no copy has yet: each is said, and nothing is stopped.
    @Test(arguments: ["spool/waiting/1-1-1.note.corrupt", "added/1.json", "import/1.jsonl"])
    func saysWhatIsLeft(file: String) async throws {
        try await CompanionHome.run { home in
            let copy = home.scratch.path + "/copy"
            try Files.makeFolder(copy)
            try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}"#)
            let settings = try Settings.load(environment: home.environment)
            // Nobody takes it away meanwhile.
            let folder = settings.state.path + "/" + file.split(separator: "/").dropLast().joined(separator: "/")
            try Files.makeFolder(folder)
            let path = settings.state.path + "/" + file
            try Files.write("no text of ours", to: path)
            let drained = try await home.holdfast("drain-host", "--json")
            #expect(drained.code == 1 || !Files.exists(path), "\(drained)")
            if drained.code == 1 { #expect(try companion(home) != nil) }
        }
    }

    /// A line that its client has not written to the end; and what was drained is drained again.
    @Test func aTranscriptThatIsNotCapturedWholeIsNotSafe() async throws {
        try await CompanionHome.run { home in
            let copy = home.scratch.path + "/copy"
            try Files.makeFolder(copy)
            try home.configure(#""remote": {"url": "\#(copy)", "encrypt": false}, "vault": {"enabled": false}"#)
            try await home.say(session, "the lighthouse is tall", "yes")
            try await home.settle()
            let other = home.transcript("22222222-0000-4000-8000-000000000002")
            try Files.add(#"{"type":"user","uuid":"x""#, to: other)
            let drained = try await home.holdfast("drain-host", "--json")
            let answer = try JSONValue(parsing: drained.output)
            #expect(drained.code == 1 && outcomes(answer)["capture"] == "here", "\(drained)")
            Files.remove(other)
            #expect(try await home.holdfast("drain-host").code == 0)
            // Nothing runs any more, and it goes all the same.
            #expect(try await home.holdfast("drain-host").code == 0)
        }
    }

    @Test func waitsForWhoIsDriven() async throws {
        try await CompanionHome.run { home in
            let settings = try Settings.load(environment: home.environment)
            var connection = try RedisConnector(settings).connect(.commandLine)
            let key = try DispatchKey("coder/1")
            func lock(_ host: String) -> DispatchLock {
                let owner = LockOwner(host: host, space: ProcessTable.space, process: ProcessTable.own)
                return DispatchLock(settings.keys.lock(key), owner: owner)
            }
            let own = lock(try settings.state.host())
            #expect(try connection.run(own.take()) == nil)
            let drained = try await home.holdfast("drain-host")
            #expect(drained.code == 75 && drained.error.contains("'coder/1'"), "\(drained)")
            // Another host's is its own affair.
            _ = try connection.run(own.release)
            #expect(try connection.run(lock("elsewhere-00000001").take()) == nil)
            #expect(try await home.holdfast("drain-host").code == 1)
        }
    }
}
