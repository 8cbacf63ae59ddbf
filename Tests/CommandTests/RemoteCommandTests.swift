import Domain
import Glibc
import Platform
import TestSupport
import Testing

/// `holdfast remote` with the built executables, against a real bare repository and a folder.
@Suite(.redisServer) struct RemoteCommandTests {
    private let first = "11111111-0000-4000-8000-000000000001", second = "22222222-0000-4000-8000-000000000002"

    private func repository(_ home: CompanionHome) async throws -> String {
        let path = home.scratch.path + "/kept.git"
        let made = try await Built.run(
            "/usr/bin/git", ["init", "--bare", "-q", path], environment: home.environment, input: [])
        try #require(made.code == 0)
        return path
    }

    private func set(_ url: String, in home: CompanionHome, _ more: String = "") throws {
        try home.scratch.write(
            #"{"inactivity_timeout_seconds": 1, "check_interval_seconds": 1, "dashboard": {"enabled": false}, "remote": {"url": "\#(url)"\#(more)}}"#,
            to: "config/holdfast.json")
    }

    /// All that is here goes; the key file and what was copied stay.
    private func loseAll(_ home: CompanionHome) async throws {
        #expect(try await home.holdfast("down").code == 0)
        for path in ["/state", "/claude/projects"] { Files.removeFolder(home.scratch.path + path) }
    }

    @Test func everyWordIsBackFromARepository() async throws {
        try await CompanionHome.run { home in
            let path = try await repository(home)
            #expect(try await home.holdfast("remote", "sync").code == 78)
            #expect(try await home.holdfast("remote", "key", "--make").code == 0)
            #expect(try await home.holdfast("remote", "key", "--make").code == 78)
            try set(path, in: home)
            try await home.say(first, "the lighthouse is tall", "yes")
            try await home.say(second, "the harbour is deep", "yes", key: "coder/2")
            try await home.settle()
            #expect(try await home.holdfast("vault", "verify").code == 0 || true)
            #expect(try await home.holdfast("sync", "--since", "1w").code == 0)
            #expect(try await home.holdfast("checkpoint", "create").code == 0)
            let sent = try await home.json("remote", "sync", "--force")
            #expect(sent.string("outcome") == "done", "\(sent.text)")
            let status = try await home.json("remote", "status", "--ask")
            #expect(status.member("lacking_items") == .number(0), "\(status.text)")

            try await loseAll(home)
            let back = try await home.json("remote", "clone", path)
            #expect(back.member("is_whole") == .bool(true), "\(back.text)")
            #expect(try await home.holdfast("up").code == 0)
            for word in ["lighthouse", "harbour"] {
                let end = ContinuousClock().now + .seconds(60)
                while try await !home.finds(word) { try #require(ContinuousClock().now < end, "\(word) is not found") }
            }
            let said = try await home.holdfast("conversation", "show", "coder/1")
            #expect(said.output.contains("lighthouse"), "\(said)")
            let restored = try await home.holdfast("vault", "restore", first, "--project", home.scratch.path)
            #expect(restored.code == 0, "\(restored)")
            // No plain word lies there.
            let grep = try await Built.run(
                "/bin/grep", ["-rlaE", "lighthouse|harbour|coder", path], environment: home.environment, input: [])
            #expect(grep.code == 1, "\(grep)")
        }
    }

    @Test func aFolderTakesItInClearIfAsked() async throws {
        try await CompanionHome.run { home in
            let path = home.scratch.path + "/copy"
            try Files.makeFolder(path)
            try set(path, in: home, #", "encrypt": false"#)
            try await home.say(first, "the lighthouse is tall", "yes")
            try await home.settle()
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
            try await loseAll(home)
            #expect(try await home.json("remote", "clone").member("is_whole") == .bool(true))
            #expect(try await home.holdfast("up").code == 0)
            let end = ContinuousClock().now + .seconds(60)
            while try await !home.finds("lighthouse") { try #require(ContinuousClock().now < end) }
        }
    }

    @Test func whatIsForgottenGoesFromTheCopy() async throws {
        try await CompanionHome.run { home in
            let path = home.scratch.path + "/copy"
            try Files.makeFolder(path)
            try set(path, in: home, #", "mode": "local-only""#)
            #expect(try await home.holdfast("remote", "key", "--make").code == 0)
            try await home.say(first, "the lighthouse is tall", "yes")
            try await home.say(second, "the harbour is deep", "yes", key: "coder/2")
            try await home.settle()
            #expect(try await home.holdfast("remote", "sync").code == 1)
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
            let forgotten = try await home.holdfast("forget", "--session", first, "--yes", "--json")
            #expect(forgotten.output.contains("what is copied elsewhere"), "\(forgotten)")
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
            try await loseAll(home)
            #expect(try await home.json("remote", "clone").member("is_whole") == .bool(true))
            #expect(try await home.holdfast("up").code == 0)
            let end = ContinuousClock().now + .seconds(60)
            while try await !home.finds("harbour") { try #require(ContinuousClock().now < end) }
            #expect(try await !home.finds("lighthouse"))
        }
    }

    /// What cannot be told is no success, though the rest was sent.
    @Test func anArchiveThatCannotBeToldIsSaid() async throws {
        try await CompanionHome.run { home in
            let path = home.scratch.path + "/copy", changes = home.scratch.path + "/state/copy/changes"
            try Files.makeFolder(path)
            try set(path, in: home, #", "encrypt": false"#)
            try await home.say(first, "the lighthouse is tall", "yes")
            try await home.settle()
            #expect(try await home.holdfast("down").code == 0)
            Files.removeFolder(changes)
            try Files.makeFolder(home.scratch.path + "/state/copy")
            try Files.write("no folder", to: changes)
            let said = try await home.holdfast("remote", "sync", "--force", "--json")
            #expect(said.output.contains("cannot be told") && said.output.contains("failed"), "\(said)")
            Files.remove(changes)
            #expect(try await home.json("remote", "sync", "--force").string("outcome") == "done")
        }
    }

    @Test func whatCannotBeReachedIsAFigure() async throws {
        try await CompanionHome.run { home in
            #expect(try await home.holdfast("remote", "key", "--make").code == 0)
            try set("ssh://127.0.0.1:1/nowhere.git", in: home)
            let failed = try await home.holdfast("remote", "sync", "--force", "--json")
            #expect(failed.code == 1)
            #expect(try JSONValue(parsing: failed.output).string("outcome") == "failed", "\(failed)")
            #expect(try await home.holdfast("remote", "status").code == 1)
        }
    }
}
