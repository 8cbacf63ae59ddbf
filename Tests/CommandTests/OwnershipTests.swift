import Domain
import Glibc
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Another user of the host must not stand in our place: not with a folder, not with a server.
@Suite(.redisServer) struct OwnershipTests {
    private static let isRoot = geteuid() == 0
    private static let other: uid_t = 12_345

    @Test(arguments: ["state", "config"], ["open", "group", "foreign"])
    func refusesAFolderThatOthersCanWriteTo(which: String, how: String) async throws {
        if how == "foreign", !Self.isRoot { return }
        let house = try House()
        let folder = "\(house.scratch.path)/\(which)"
        try Files.makeFolder(folder)
        try Files.makeFolder(house.scratch.path + "/claude/projects")
        switch how {
        case "open": try Files.setMode(folder, 0o777)
        case "group":
            try Files.setMode(folder, 0o770)
            // Of one's own group all is well.
            guard unsafe chown(folder, geteuid(), Self.isRoot ? Self.other : getegid()) == 0,
                try Files.status(folder).st_gid != geteuid()
            else { return }
        default: unsafe chown(folder, Self.other, Self.other)
        }
        for verb in [["status"], ["lookup", "coder/1"], ["sessions"], ["config", "check"]] {
            let outcome = try await Built.run("holdfast", verb, environment: house.environment)
            #expect(outcome.code == 78, "\(verb) \(outcome)")
            #expect(outcome.error.contains(folder) && outcome.error.contains("nothing in it is used"), "\(outcome)")
        }
        // A client is not kept from being started by a folder of ours; whose configuration counts must be known.
        let dispatched = try await Built.run(
            "holdfast", ["dispatch", "coder/1", "--", try house.client("echo ran $HOLDFAST_KEY")],
            environment: house.environment)
        if which == "state" {
            #expect(dispatched.code == 0 && dispatched.output == "ran coder/1\n", "\(dispatched)")
            #expect(dispatched.error.contains("nothing of this run is recorded"), "\(dispatched)")
        } else {
            #expect(dispatched.code == 78, "\(dispatched)")
        }
        // The hook hurts nobody, says so where a person sees it, and leaves nothing there.
        let before = try Files.names(in: folder)
        let hooked = try await house.hook(house.payload("SessionStart", "s", #""source":"startup""#))
        #expect(hooked.code == 0 && hooked.output.contains("holdfast: "), "\(hooked)")
        #expect(try Files.names(in: folder) == before)
        if which == "state" { #expect(try house.record("s").isEmpty) }
    }

    /// The fallback's folder is another's, or open: whatever answers in it is told nothing.
    @Test func saysNothingInAnOpenFolderOfTheFallback() async throws {
        let house = try House()
        let state = StateFolder(path: house.scratch.path + String(repeating: "/deep", count: 30))
        #expect(state.redisSocket.hasPrefix("/tmp/holdfast-"))
        let folder = String(state.redisSocket.dropLast("/redis.sock".count))
        try Files.makeFolder(folder)
        defer { Files.removeFolder(folder) }
        try #require(unsafe symlink(house.server.socket, state.redisSocket) == 0)
        var environment = house.environment
        environment["HOLDFAST_REDIS_URL"] = nil
        environment["HOLDFAST_STATE_DIR"] = state.path
        let start = house.payload("SessionStart", "s", #""source":"startup""#)
        _ = try await Built.run("holdfast-hook", environment: environment, input: start)
        #expect(try !house.record("s").isEmpty)

        try Files.setMode(folder, 0o777)
        _ = try await Built.run("holdfast-hook", environment: environment, input: house.payload("SessionStart", "t"))
        #expect(try house.record("t").isEmpty)
        let lookup = try await Built.run("holdfast", ["lookup", "coder/1"], environment: environment)
        #expect(lookup.error.contains("open to others") && lookup.error.contains("mirror"), "\(lookup)")
    }

    /// Every connect asks who answers.
    @Test(.enabled(if: isRoot)) func saysNothingToAnotherUsersServer() async throws {
        let scratch = try Scratch()
        let open = scratch.path + "/open"
        try Files.makeFolder(open)
        try Files.setMode(scratch.path, 0o755)
        try Files.setMode(open, 0o777)
        let socket = open + "/redis.sock"
        let process = try SpawnedProcess(
            [
                "setpriv", "--reuid=\(Self.other)", "--clear-groups", "redis-server", "--port", "0", "--unixsocket",
                socket, "--unixsocketperm", "777", "--save", "", "--dir", "/tmp",
            ], environment: ["PATH": "/usr/bin:/bin"], .init())
        defer { process.send(SIGKILL) }
        try await poll("it listens") { Files.exists(socket) }
        func connect() throws(RedisError) {
            _ = try RedisConnection(to: RedisURL(endpoint: .unix(path: socket)), deadlines: .commandLine)
        }
        // Made by somebody else in a folder that all may write to.
        let planted = #expect(throws: RedisError.self) { try connect() }
        #expect("\(planted as Any)".contains("user \(Self.other) made it"), "\(planted as Any)")
        // Our folder, our name, and another's server behind it.
        try Files.setMode(open, 0o755)
        unsafe chown(socket, 0, 0)
        let foreign = #expect(throws: RedisError.self) { try connect() }
        #expect("\(foreign as Any)".contains("user \(Self.other) answers"), "\(foreign as Any)")
        // A folder that we gave to that user: the way of a server that the system runs.
        unsafe chown(open, Self.other, Self.other)
        #expect(throws: Never.self) { try connect() }
    }
}
