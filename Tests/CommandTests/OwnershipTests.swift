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
            let group = Self.isRoot ? Self.other : getegid()
            guard unsafe chown(folder, geteuid(), group) == 0, group != geteuid() else { return }
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
        // On a busy machine Redis answers a hook too late, which leaves a note.
        for _ in 0..<9 where try house.record("s").isEmpty {
            _ = try await Built.run("holdfast-hook", environment: environment, input: start)
        }
        #expect(try !house.record("s").isEmpty)

        try Files.setMode(folder, 0o777)
        _ = try await Built.run("holdfast-hook", environment: environment, input: house.payload("SessionStart", "t"))
        #expect(try house.record("t").isEmpty)
        let lookup = try await Built.run("holdfast", ["lookup", "coder/1"], environment: environment)
        #expect(lookup.error.contains("open to others") && lookup.error.contains("mirror"), "\(lookup)")
        // No companion can help there: what is to be done is about the folder.
        let status = try await Built.run("holdfast", ["status"], environment: environment)
        let first = status.output.split(separator: "\n").first ?? ""
        #expect(first.contains("remove \(folder)") && !first.contains("holdfast up"), "\(status)")
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
        // The file is there a moment before it is listened on: the kernel's table says which, by its flag.
        try await poll("it listens") {
            try Files.read("/proc/net/unix", limit: 8 << 20).split(separator: "\n")
                .contains { $0.hasSuffix(" " + socket) && $0.split(separator: " ")[3] == "00010000" }
        }
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

    /// Who is in a group nobody knows: its members make names as all may in an open folder.
    @Test(.enabled(if: isRoot)) func saysNothingToWhatAMemberOfAGroupMade() async throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/shared"
        try Files.makeFolder(folder)
        try Files.setMode(scratch.path, 0o755)
        unsafe chown(folder, 0, Self.other)
        try Files.setMode(folder, 0o770)
        let socket = folder + "/redis.sock"
        let process = try SpawnedProcess(
            ["setpriv", "--reuid=\(Self.other)", "--regid=\(Self.other)", "--clear-groups"]
                + Self.server(["--port", "0", "--unixsocket", socket, "--unixsocketperm", "777"]),
            environment: ["PATH": "/usr/bin:/bin"], .init())
        defer { process.send(SIGKILL) }
        // The file is there a moment before it is listened on: the kernel's table says which, by its flag.
        try await poll("it listens") {
            try Files.read("/proc/net/unix", limit: 8 << 20).split(separator: "\n")
                .contains { $0.hasSuffix(" " + socket) && $0.split(separator: " ")[3] == "00010000" }
        }
        func connect() throws(RedisError) {
            _ = try RedisConnection(to: RedisURL(endpoint: .unix(path: socket)), deadlines: .commandLine)
        }
        let planted = #expect(throws: RedisError.self) { try connect() }
        #expect("\(planted as Any)".contains("user \(Self.other) made it"), "\(planted as Any)")
        // The server's own folder, which its group may write to: what lies in it is still the server's.
        unsafe chown(folder, Self.other, Self.other + 1)
        try Files.setMode(folder, 0o2775)
        #expect(throws: Never.self) { try connect() }
    }

    /// Any user may listen on a port while its server is away.
    @Test(.enabled(if: isRoot), arguments: [12_345, 65_534, 999, 0] as [uid_t], ["127.0.0.1", "::1"])
    func saysNothingToAnotherUsersPort(user: uid_t, host: String) async throws {
        var free = try #require(Self.freePort)
        var process: SpawnedProcess?
        defer { process?.send(SIGKILL) }
        func connect() throws(RedisError) {
            var connection = try RedisConnection(
                to: RedisURL(endpoint: .tcp(host: host, port: free)), deadlines: .commandLine)
            _ = try connection.ask(PING())
        }
        // Another test may take the port meanwhile.
        for _ in 0..<3 {
            process = try SpawnedProcess(
                ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
                    + Self.server(["--port", "\(free)", "--bind", host]),
                environment: ["PATH": "/usr/bin:/bin"], .init())
            var answer: RedisError?
            try await poll("something is there, or it ended") {
                do throws(RedisError) { try connect() } catch { answer = error }
                if case .unreachable = answer { answer = nil; return process?.exitCodeIfEnded() != nil }
                return true
            }
            if case .foreign(let fault) = answer {
                #expect(user >= 1000 && fault.reason.contains("user \(user) listens"), "\(fault)")
                return
            }
            if process?.exitCodeIfEnded() == nil {
                #expect(user < 1000 && answer == nil, "\(answer as Any)")
                return
            }
            free = try #require(Self.freePort)
        }
        Issue.record("no server came up")
    }

    private static func server(_ arguments: [String]) -> [String] {
        ["redis-server", "--save", "", "--dir", "/tmp"] + arguments
    }

    private static var freePort: Int? {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = unsafe withUnsafeMutablePointer(to: &address) { place in
            unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                unsafe bind(socket, place, length) == 0 && getsockname(socket, place, &length) == 0
            }
        }
        return isKnown ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// What tells us what to do is said by this user or root, whatever folder it lies in.
    @Test(
        arguments: ["config/holdfast.json", "config/agents.json", "state/tracking.json"],
        ["open", "group", "foreign", "link"])
    func goesByNoFileThatOthersWrote(file: String, how: String) async throws {
        if how != "open", !Self.isRoot { return }
        let house = try House()
        for folder in ["config", "state"] { try Files.makeFolder("\(house.scratch.path)/\(folder)") }
        let path = "\(house.scratch.path)/\(file)"
        let text =
            file.hasSuffix("holdfast.json")
            ? #"{"redis":{"url":"redis://127.0.0.1:1"}}"#
            : file.hasPrefix("state") ? #"{"stopped_keys":[],"stopped_projects":[]}"# : "{}"
        let place = how == "link" ? house.scratch.path + "/elsewhere" : path
        try Files.write(text, to: place)
        if how == "link" {
            Files.remove(path)
            try #require(unsafe symlink(place, path) == 0)
        }
        let verb = file.hasPrefix("state") ? ["tracking", "status"] : ["config", "check"]
        func run() async throws -> Built.Outcome {
            try await Built.run("holdfast", verb, environment: house.environment)
        }
        let well = try await run()
        #expect(well.code != 78, "\(well)")
        switch how {
        case "open": try Files.setMode(place, 0o666)
        case "group":
            try Files.setMode(place, 0o660)
            unsafe chown(place, 0, Self.other)
        default: unsafe chown(place, Self.other, Self.other)
        }
        let outcome = try await run()
        #expect(outcome.code == 78, "\(outcome)")
        #expect(outcome.error.contains(path) && outcome.error.contains("it is not used"), "\(outcome)")
        #expect(outcome.error.contains(how == "foreign" || how == "link" ? "chown 0" : "chmod go-w"), "\(outcome)")
    }
}
