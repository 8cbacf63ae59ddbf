import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

@Suite(.redisServer) struct ConversationCommandTests {
    private static let key = "bot/chat-7"

    @Test func aBotFindsWhatWasSaid() async throws {
        let house = try House()
        let none = try await house.holdfast("conversation", "context", Self.key)
        #expect(none.code == 1 && none.output.isEmpty && none.error.contains("bot/chat-7"))
        let added = try await house.holdfast("conversation", "add", Self.key, "--role", "user", "Hello", "there")
        #expect(added.code == 0 && added.output.hasPrefix("added to bot/chat-7"), "\(added)")
        let piped = try await house.holdfast(
            "conversation", "add", Self.key, "--role", "assistant", "-", "--json", input: "Hi\nthere\n")
        #expect(piped.code == 0 && piped.output.contains(#""outcome" : "added""#), "\(piped)")
        let context = try await house.holdfast("conversation", "context", Self.key)
        #expect(context.code == 0 && context.output == "user: Hello there\nassistant: Hi\n  there\n")
        let last = try await house.holdfast("conversation", "context", Self.key, "--max-messages", "1", "--json")
        #expect(last.output.contains(#""text" : "assistant: Hi\n  there""#))
        let shown = try await house.holdfast("conversation", "show", Self.key)
        #expect(shown.code == 0 && shown.output.hasPrefix("user, "), "\(shown)")
        #expect(shown.output.contains(" ago\n    Hello there\nassistant, "), "\(shown)")
        let listed = try await house.holdfast("conversation", "list")
        #expect(listed.output.contains("MESSAGES") && listed.output.contains(Self.key))
        let health = try await house.holdfast("conversation", "health")
        #expect(health.code == 0 && health.output.contains("messages       2"), "\(health)")
    }

    @Test func whatItWritesItReads() async throws {
        let house = try House()
        _ = try await house.holdfast(
            "conversation", "add", Self.key, "--role", "user", "token ghp_\u{1b}[1mx", "--session", "s")
        let lines = try await house.holdfast("conversation", "export")
        #expect(lines.output.split(separator: "\n").count == 1)
        _ = try await house.holdfast("conversation", "clear", Self.key)
        #expect(try await house.holdfast("conversation", "export").output.isEmpty)
        let taken = try await house.holdfast("conversation", "import", "--json", input: lines.output)
        #expect(taken.code == 0 && taken.output.contains(#""added" : 1"#), "\(taken)")
        #expect(try await house.holdfast("conversation", "export", Self.key).output == lines.output)
        let mixed = try await house.holdfast("conversation", "import", input: "nonsense\n" + lines.output)
        #expect(mixed.code == 65 && mixed.error.contains("line 1: it is no JSON"), "\(mixed)")
        #expect(mixed.output == "0 messages added to 1 conversation, 1 there already or too old, 1 refused\n")
    }

    @Test func saysWhatIsForgotten() async throws {
        let house = try House()
        _ = try await house.holdfast("conversation", "add", Self.key, "--role", "user", "an emuword")
        let lines = try await house.holdfast("conversation", "export")
        let gone = try await house.holdfast("forget", "--text", "emuword", "--yes")
        #expect(gone.code == 0, "\(gone)")
        let taken = try await house.holdfast("conversation", "import", input: lines.output)
        #expect(taken.code == 0, "\(taken)")
        #expect(
            taken.output
                == "0 messages added to 1 conversation, 0 there already or too old, 0 refused, 1 forgotten here\n")
        let told = try await house.holdfast("conversation", "import", "--json", input: lines.output)
        #expect(told.output.contains(#""forgotten" : 1"#), "\(told)")
        #expect(try await house.holdfast("conversation", "context", Self.key).code == 1)
        let again = try await house.holdfast("conversation", "add", Self.key, "--role", "user", "emuword")
        #expect(again.code == 1 && again.output.isEmpty && again.error.contains("holdfast forget"), "\(again)")
    }

    private static let refused: [(Int32, [String])] = [
        (1, ["show", "nobody"]), (1, ["clear", "nobody"]), (1, ["export", "nobody"]),
        (1, ["context", "nobody", "--json"]),
        (1, ["add", "k", "--role", "user", "x", "--at", "2020-01-01T00:00:00Z"]),
        (64, ["add", "k", "x"]), (64, ["add", "k", "--role", "system", "x"]),
        (64, ["context", "k", "--max-messages", "0"]),
        (64, ["context", "k", "--max-chars", "99"]), (64, ["list", "--limit", "0"]),
        (65, ["add", "a\nb", "--role", "user", "x"]), (65, ["add", "k", "--role", "user", " "]),
        (65, ["add", "k", "--role", "user", "x", "--at", "noon"]),
        (65, ["add", "k", "--role", "user", "x", "--session", "?"]),
        (65, ["import"]), (65, ["context", ""]),
    ]

    @Test(arguments: refused) func saysNoByItsExitCode(code: Int32, words: [String]) async throws {
        let house = try House()
        let outcome = try await Built.run("holdfast", ["conversation"] + words, environment: house.environment)
        #expect(outcome.code == code, "\(outcome)")
        #expect(outcome.error.isEmpty == words.contains("--json"))
    }

    @Test(arguments: [
        ["add", "k", "--role", "user", "x"], ["context", "k"], ["list"], ["show", "k"], ["export"], ["clear", "k"],
        ["health"],
    ])
    func saysThatRedisIsAway(words: [String]) async throws {
        let house = try House()
        let environment = house.environment.merging(["HOLDFAST_REDIS_URL": "unix:/nowhere/redis.sock"]) { $1 }
        let outcome = try await Built.run("holdfast", ["conversation"] + words, environment: environment)
        #expect(outcome.code == 69 && outcome.error.contains("/nowhere/redis.sock"), "\(outcome)")
    }
}
