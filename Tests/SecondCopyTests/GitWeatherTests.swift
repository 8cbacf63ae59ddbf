import Domain
import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// A git that is missing, old, hangs, babbles or is refused.
struct GitWeatherTests {
    private let git: GitHouse
    private let source = HeldItems()

    init() throws {
        git = try GitHouse()
        source.put(.binding, "x", .replaced, "bound")
    }

    private func error(of git: GitHouse) async throws -> CopyError? {
        try await git.house.host("one", source, git.transport("one")).round(.forced).error
    }

    @Test func thereIsNone() async throws {
        var git = git
        git.options.command = "git-that-nobody-has"
        #expect(try await error(of: git) == .gitMissing(reason: "there is no such program"))
        git.options.command = "/nonexistent/git"
        guard case .gitMissing? = try await error(of: git) else {
            Issue.record("a path that leads nowhere is no missing git")
            return
        }
    }

    @Test func itIsTooOld() async throws {
        guard case .gitMissing(let reason)? = try await error(of: git.replacing("echo git version 2.20.1")) else {
            Issue.record("settings by the environment came with 2.31")
            return
        }
        #expect(reason.contains("2.20") && reason.contains("2.31"))
    }

    @Test func itHangsAndWhatItStartedToo() async throws {
        var slow = try git.replacing("trap '' TERM; sleep 1000 & echo $! >'\(git.house.scratch.path)/child'; wait")
        slow.options.localDeadline = .seconds(5)
        #expect(try await error(of: slow) == .cut(reason: "git took longer than 5.0 seconds"))
        let child = try #require(Int32(git.house.scratch.read("child")?.dropLast() ?? ""))
        try await poll("the end of what git started") { !Files.exists("/proc/\(child)") || Self.isDead(child) }
    }

    private static func isDead(_ process: Int32) -> Bool {
        (try? Files.read("/proc/\(process)/stat"))?.contains(") Z ") ?? true
    }

    @Test(arguments: ["echo rubbish", "echo git version 2.40; exit 0", "exit 0", "head -c 100000 /dev/urandom"])
    func itBabbles(_ script: String) async throws {
        #expect(try await error(of: git.replacing(script)) != nil)
        #expect(try await CopyCheck.run(of: git.transport("check"), git.house.seal, isDeep: true).items == 0)
    }

    @Test func itBabblesWithoutEnd() async throws {
        var endless = try git.replacing("yes")
        endless.options.mostOutputBytes = 1 << 16
        #expect(
            try await error(of: endless) == .unavailable(reason: "git answers output in a way that is not understood"))
    }

    @Test func itIsKilled() async throws {
        #expect(try await error(of: git.replacing("kill -9 $$")) == .cut(reason: "git was ended by a signal"))
    }

    @Test func theRemoteIsNotThere() async throws {
        #expect(Files.rename(git.remote, to: git.remote + "-away"))
        #expect(try await error(of: git)?.isUnreachable == true)
        #expect(Files.rename(git.remote + "-away", to: git.remote))
        #expect(try await error(of: git) == nil)
    }

    @Test(arguments: [
        ("error: GH001: Large files detected.", "full"), ("fatal: Disk quota exceeded", "full"),
        ("You may not push here", "refused"),
    ])
    func theServerRefuses(_ words: String, _ kind: String) async throws {
        try git.refusing(words)
        let error = try await error(of: git)
        switch error {
        case .full?: #expect(kind == "full")
        case .refused?: #expect(kind == "refused")
        default: Issue.record("\(error.map { "\($0)" } ?? "none")")
        }
        Files.remove(git.remote + "/hooks/pre-receive")
        #expect(try await self.error(of: git) == nil)
    }

    /// The server dies while it takes the files in, or after it has: nobody here knows which.
    @Test(arguments: ["pre-receive", "post-receive", "update"]) func theServerDies(_ hook: String) async throws {
        let file = "\(git.remote)/hooks/\(hook)"
        try Files.makeFolder(git.remote + "/hooks")
        try Files.write("#!/bin/sh\nkill -9 $PPID\n", to: file)
        try Files.setMode(file, 0o700)
        let sync = try git.house.host("one", source, git.transport("one"))
        guard case .cut? = await sync.round().error else {
            Issue.record("a connection that ended is no end of a round")
            return
        }
        Files.remove(file)
        #expect(await sync.round(.forced).done?.sentItems == (hook == "post-receive" ? 0 : 1))
        #expect(try await git.house.clone(git.transport("clone")).0.items.count == 1)
    }

    @Test func hooksOfThisUserDoNotRun() async throws {
        let hooks = git.house.scratch.path + "/hooks"
        for hook in ["pre-push", "reference-transaction", "post-index-change"] {
            let script = "#!/bin/sh\necho \"$PWD $GIT_DIR\" >>'\(git.house.scratch.path)/ran'\n"
            try Files.makeFolder(hooks)
            try git.house.scratch.writeExecutable(script, to: "hooks/\(hook)")
        }
        try git.house.scratch.write("[core]\n\thooksPath = \(hooks)\n", to: ".gitconfig")
        var environment = GitHouse.environment
        environment["HOME"] = git.house.scratch.path
        let transport = GitTransport(try GitRemote(git.remote), folder: git.place("one"), environment: environment)
        #expect(try await git.house.host("one", source, transport).round().done?.sentItems == 1)
        // Those of the other side, which over a path is this user as well, are its own.
        #expect(git.house.scratch.read("ran")?.contains("shelf.git") != true)
    }
}
