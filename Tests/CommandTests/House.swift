import Domain
import Platform
import Redis
import Storage
import TestSupport
import Testing

/// A user's folders and environment, on the suite's Redis under keys of the test's own.
struct House {
    let scratch: Scratch
    let keys: Keys
    let server: RedisServer
    var environment: [String: String]

    init(key: String = "coder/1") throws {
        scratch = try Scratch()
        server = try RedisServer.ofSuite()
        let namespace = "house-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        keys = Keys(namespace: namespace)
        environment = [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config",
            "CLAUDE_CONFIG_DIR": scratch.path + "/claude", "CLAUDE_PROJECT_DIR": scratch.path, "HOLDFAST_KEY": key,
            "HOLDFAST_NAMESPACE": namespace, "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
        ]
        try Files.makeFolder(scratch.path + "/claude/projects/-p")
        // A transcript that a test deletes is gone.
        try scratch.write(#"{"vault": {"enabled": false}}"#, to: "config/holdfast.json")
    }

    func transcript(_ session: String) -> String { "\(scratch.path)/claude/projects/-p/\(session).jsonl" }

    /// The payload of an event as the client writes it.
    func payload(_ event: String, _ session: String, _ more: String = "") -> [UInt8] {
        let fields = more.isEmpty ? "" : "," + more
        return Array(
            #"{"session_id":"\#(session)","transcript_path":"\#(transcript(session))","cwd":"\#(scratch.path)","hook_event_name":"\#(event)"\#(fields)}"#
                .utf8)
    }

    @discardableResult
    func hook(_ input: [UInt8], _ more: [String: String] = [:]) async throws -> Built.Outcome {
        try await Built.run("holdfast-hook", environment: environment.merging(more) { _, new in new }, input: input)
    }

    func holdfast(_ arguments: String..., input: String = "", with more: [String: String] = [:]) async throws
        -> Built.Outcome
    {
        try await Built.run(
            "holdfast", arguments, environment: environment.merging(more) { _, new in new }, input: Array(input.utf8),
            in: scratch.path)
    }

    /// A session that has had a turn and ended.
    func bind(_ session: String) async throws {
        try await hook(payload("SessionStart", session, #""source":"startup""#))
        try Files.write(
            #"{"type":"user","message":{"role":"user","content":"q"}}"# + "\n", to: transcript(session))
        try await hook(payload("Stop", session))
        try await hook(payload("SessionEnd", session, #""reason":"other""#))
        try await settle()
    }

    /// Whether a hook got no answer of Redis in time: on a busy machine 20 ms may be too few, and what it would have shown is
    /// gone.
    var wasHurried: Bool { log().contains("is noted only") }

    /// Tells a story again, in another house, where a hook of it was hurried.
    static func unhurried<Answer>(_ story: () async throws -> (house: House, answer: Answer)) async throws -> (
        house: House, answer: Answer
    ) {
        for _ in 0..<9 {
            let told = try await story()
            if !told.house.wasHurried { return told }
        }
        return try await story()
    }

    /// A person said it under the key, in a session that was captured.
    func say(_ text: String) throws {
        var connection = try server.connect()
        let key = try DispatchKey(try #require(environment["HOLDFAST_KEY"]))
        let message = ConversationMessage(
            id: text, role: .user, milliseconds: HostClock.wallMilliseconds, text: text)
        let addition = ConversationAddition([message], to: key, ConversationPolicy(), isCaptured: false)
        #expect(try connection.run(Conversations(keys: keys).adding(addition)) == 1)
    }

    /// Waits for the detached capturers.
    func settle() async throws {
        let spool = Spool(folder: scratch.path + "/state/spool")
        try await poll("the notes are told") { spool.names().isEmpty }
    }

    func bound(_ key: String = "coder/1") throws -> String? {
        var connection = try server.connect()
        return try connection.send(["HGET", keys.binding(DispatchKey(key)), "session_id"]).text
    }

    func record(_ session: String) throws -> [String: String] {
        var connection = try server.connect()
        return try connection.send(["HGETALL", keys.prefix + "session:" + session]).fields
    }

    func counter(_ name: String) throws -> Int64 {
        var connection = try server.connect()
        return try connection.send(["HGET", keys.counters, name]).integer ?? 0
    }

    func log() -> String { (try? Files.read(scratch.path + "/state/log/hook.log")) ?? "" }

    /// A stand-in for the client, for what does not need the real one: a shell script that does what the test says.
    func client(_ script: String) throws -> String {
        try scratch.writeExecutable("#!/bin/sh\n" + script, to: "client")
    }
}
