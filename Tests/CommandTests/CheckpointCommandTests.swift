import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// `holdfast checkpoint` with the built executables: companion, embedded Redis, archive.
@Suite(.redisServer) struct CheckpointCommandTests {
    @Test func allOfItIsBackAfterRedisAndArchiveAreGone() async throws {
        try await CompanionHome.run { home in
            let first = "11111111-0000-4000-8000-000000000001", second = "22222222-0000-4000-8000-000000000002"
            try await home.say(first, "the lighthouse is tall", "yes")
            try await home.settle()
            let made = try await home.json("checkpoint", "create")
            let id = try #require(made.string("id"))
            try await home.say(second, "the harbour is deep", "yes", key: "coder/2")
            try await home.settle()
            // Only said to an archive that nobody can read any more, and to a transcript.
            try await home.say(second, "the keeper sleeps", "yes", key: "coder/2")
            try await home.settle()

            #expect(try await home.holdfast("down").code == 0)
            let state = home.scratch.path + "/state"
            Files.removeFolder(state + "/redis")
            Files.removeFolder(state + "/bindings")
            let archive = try #require(try Files.names(in: state + "/archive").first { $0.hasSuffix(".sqlite") })
            for end in ["-wal", "-shm"] { Files.remove("\(state)/archive/\(archive)\(end)") }
            try Files.write(String(repeating: "no database ", count: 9000), to: "\(state)/archive/\(archive)")
            #expect(try await home.holdfast("up").code == 0)

            let preview = try await home.json("checkpoint", "restore", id)
            #expect(preview.member("is_dry_run") == .bool(true))
            let restored = try await home.json("checkpoint", "restore", String(id.dropLast()), "--yes")
            #expect(restored.member("is_dry_run") == .bool(false))
            for word in ["lighthouse", "harbour", "keeper"] {
                let end = ContinuousClock().now + .seconds(60)
                while try await !home.finds(word) { try #require(ContinuousClock().now < end, "\(word) is not found") }
            }
            // Nobody said that it ended.
            let found = try await home.holdfast("lookup", "coder/1", "--json")
            #expect(found.code == 75 && found.output.contains(first), "\(found)")
            let rows = try await home.json("checkpoint", "list")
            #expect(rows.text.contains("before_restore"))
            #expect(try await home.holdfast("checkpoint", "show", id).code == 0)
        }
    }

    @Test func whatIsForgottenIsInNoCheckpoint() async throws {
        try await CompanionHome.run { home in
            try await home.say("11111111-0000-4000-8000-000000000001", "the lighthouse is tall", "yes")
            try await home.settle()
            #expect(try await home.holdfast("checkpoint", "create").code == 0)
            let outcome = try await home.holdfast("forget", "--text", "lighthouse", "--yes", "--json")
            #expect(outcome.output.contains("the checkpoints"), "\(outcome)")
            #expect(try await home.json("checkpoint", "list").text == "[]")
        }
    }

    @Test func whatIsNotThereIsSaid() async throws {
        let house = try House()
        let outcome = try await house.holdfast("checkpoint", "show", "2025")
        #expect(outcome.code == 1)
        #expect(outcome.error.contains("there is no checkpoint '2025'"))
    }
}
