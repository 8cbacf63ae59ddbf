import Domain
import Platform
import Redis
import Storage
import TestSupport
import Testing

/// Whatever others have written, nothing that a verb prints steers a terminal, in words and in JSON.
@Suite(.redisServer) struct TerminalTests {
    /// Escape, bell, carriage return, backspace, C1 controls, and what turns the direction of writing.
    private static let hostile = "a\u{1b}[2J\u{7}\r\u{8}\u{9b}31m\u{202e}\u{2066}\u{200f}z"

    private static func steers(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 9, 10: false
            case ..<32, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
    }

    @Test func showsWhatWouldSteerATerminal() async throws {
        let house = try House()
        try await house.bind("s")
        var connection = try house.server.connect()
        let keys = try connection.send(["KEYS", "\(house.keys.prefix.dropLast(2))*"]).array ?? []
        for key in keys.compactMap(\.text) where try connection.send(["TYPE", key]).text == "hash" {
            for (field, value) in try connection.send(["HGETALL", key]).fields
            where Int64(value) == nil && field != "session_id" && field != "transcript_path" {
                _ = try connection.send(["HSET", key, field, value + Self.hostile])
            }
        }
        let stream = house.keys.events
        _ = try connection.send([
            "XADD", stream, "*", "event", "bound", "session_id", Self.hostile, "dispatch_key", Self.hostile, "reason",
            Self.hostile, "host", Self.hostile, "at", Self.hostile,
        ])
        let verbs = [
            ["status"], ["sessions"], ["sessions", "show", "s"], ["why", "coder/1"], ["lookup", "coder/1"], ["events"],
            ["episodes", "list"], ["circuit", "status"], ["tracking", "status"], ["doctor"], ["config", "show"],
            ["metrics"], ["why", Self.hostile], ["lookup", Self.hostile], ["episodes", "show", Self.hostile],
            ["no\(Self.hostile)"], ["status", "--no\(Self.hostile)"], ["memory", "show", Self.hostile],
        ]
        var shown = 0
        for verb in verbs {
            for words in [verb, verb + ["--json"]] {
                let outcome = try await Built.run("holdfast", words, environment: house.environment)
                let text = outcome.output + outcome.error
                #expect(!Self.steers(text), "\(words): \(text.debugDescription)")
                if text.contains("1B") || text.contains("1b") { shown += 1 }
                if words.last == "--json", outcome.code == 0, words[0] != "metrics" {
                    #expect(throws: Never.self) { try JSONValue(parsing: outcome.output) }
                }
            }
        }
        // What was put there was met, and shown.
        #expect(shown > 8)
    }

    /// What the companion says before it ends, of its environment and its files.
    @Test(arguments: ["variable", "file"])
    func showsWhatWouldSteerATerminalInTheCompanionsLastWords(of place: String) async throws {
        let house = try House()
        var environment = house.environment
        if place == "variable" {
            environment["HOLDFAST_LOG_LEVEL"] = Self.hostile
        } else {
            let kind = JSONValue.object(["log_level": .string(Self.hostile)])
            try house.scratch.write(kind.text, to: "config/holdfast.json")
        }
        let outcome = try await Built.run("holdfast-companion", environment: environment)
        #expect(outcome.code == 78 && outcome.error.contains("202E") && !Self.steers(outcome.error), "\(outcome)")
    }
}
