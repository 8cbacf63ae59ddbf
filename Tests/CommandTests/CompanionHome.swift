import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A home with a companion and an embedded Redis of its own, which are stopped when the test is over, however it ends.
final class CompanionHome: Sendable {
    let scratch: Scratch
    let environment: [String: String]

    private init() throws {
        scratch = try Scratch()
        environment = [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "CLAUDE_CONFIG_DIR": scratch.path + "/claude",
            "CLAUDE_PROJECT_DIR": scratch.path,
        ]
        try configure()
    }

    /// - Parameter more: further members of the configuration.
    func configure(_ more: String = "") throws {
        let own = #""inactivity_timeout_seconds": 1, "check_interval_seconds": 1, "dashboard": {"enabled": false}"#
        try scratch.write("{\(own)\(more.isEmpty ? "" : ", ")\(more)}", to: "config/holdfast.json")
    }

    static func run(_ body: (CompanionHome) async throws -> Void) async throws {
        signal(SIGPIPE, SIG_IGN)
        await Turns.companions.take()
        defer { Turns.companions.give() }
        let home = try CompanionHome()
        do {
            let up = try await home.holdfast("up")
            try #require(up.code == 0, "\(up)")
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

    /// What a command that succeeds answers.
    func json(_ arguments: String...) async throws -> JSONValue {
        let outcome = try await Built.run("holdfast", arguments + ["--json"], environment: environment, input: [])
        try #require(outcome.code == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output)
    }

    func transcript(_ session: String) -> String { "\(scratch.path)/claude/projects/-p/\(session).jsonl" }

    /// A turn of a session, told by its hooks.
    func say(_ session: String, _ prompt: String, _ answer: String, key: String = "coder/1") async throws {
        let path = transcript(session), name = Checksum.fnv1a(session + prompt).hexadecimal
        let time = #","timestamp":"\#(ISOTime.text(HostClock.wallMilliseconds))""#
        let lines = [Said.user(prompt, time, uuid: name + "-u"), Said.agent(answer, time, uuid: name + "-a")]
        try Files.makeFolder("\(scratch.path)/claude/projects/-p")
        try Files.add(lines.map { $0 + "\n" }.joined(), to: path)
        let payload =
            #"{"session_id":"\#(session)","transcript_path":"\#(path)","cwd":"\#(scratch.path)","hook_event_name":"Stop","last_assistant_message":\#(JSONValue.string(answer).text)}"#
        _ = try await Built.run(
            "holdfast-hook", environment: environment.merging(["HOLDFAST_KEY": key]) { $1 }, input: Array(payload.utf8))
    }

    /// Waits until all is in the archive.
    func settle() async throws {
        let settings = try Settings.load(environment: environment)
        let spool = Spool(folder: settings.state.spool), keys = Keys().pool(try settings.state.host())
        try await poll("no note waits and all is archived") {
            var connection = try RedisConnector(settings).connect(.companion)
            return try spool.count == 0 && connection.ask(ZCARD(keys.unarchived)) == 0
        }
    }

    func finds(_ word: String) async throws -> Bool { try await holdfast("memory", "search", word).code == 0 }
}

extension JSONValue {
    /// nil where it is no object, or has no such member.
    func member(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// nil where the member is no string.
    func string(_ name: String) -> String? {
        if case .string(let text)? = member(name) { text } else { nil }
    }
}
