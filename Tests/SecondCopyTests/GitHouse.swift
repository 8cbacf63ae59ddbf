import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// A bare repository as the remote, real git, and hosts with a shelf each.
struct GitHouse {
    let house: CopyHouse
    var options = GitOptions()

    init() throws {
        house = try CopyHouse()
        try Self.run(["init", "--quiet", "--bare", remote])
        // As servers of this world are set.
        try Self.run(["-C", remote, "config", "uploadpack.allowFilter", "true"])
        try Self.run(["-C", remote, "config", "uploadpack.allowAnySHA1InWant", "true"])
    }

    var remote: String { house.scratch.path + "/remote.git" }
    static var environment: [String: String] { ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent"] }

    func place(_ name: String) -> String { "\(house.scratch.path)/place-\(name)" }
    func shelf(_ name: String) -> String { place(name) + "/shelf.git" }

    func transport(_ name: String) throws -> GitTransport {
        GitTransport(
            try GitRemote("file://" + remote), folder: place(name), environment: Self.environment, options: options)
    }

    @discardableResult static func run(_ arguments: [String], input: String = "") throws -> String {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        let result = try #require(Program.run(["git"] + identity + arguments, environment: environment, input: input))
        try #require(result.exitCode == 0, "git \(arguments): \(result.output)")
        return result.output
    }

    func inRemote(_ arguments: String...) throws -> String { try Self.run(["-C", remote] + arguments) }

    /// Of what was pushed, what lies on a shelf.
    func objects(on name: String) throws -> Int {
        try Self.run(["-C", shelf(name), "rev-list", "--objects", "--missing=print", "refs/holdfast/copy"])
            .split(separator: "\n").count { $0.contains("objects/") && $0.utf8.count > 100 }
    }

    /// Puts a script in the place of git.
    func replacing(_ text: String) throws -> GitHouse {
        var other = self
        other.options.command = try house.scratch.writeExecutable("#!/bin/sh\n" + text, to: "git-of-the-test")
        return other
    }

    /// Has the server say something to whoever pushes, and refuse.
    func refusing(_ words: String) throws {
        let file = "\(remote)/hooks/pre-receive"
        try Files.makeFolder(remote + "/hooks")
        try Files.write("#!/bin/sh\necho '\(words)' >&2\nexit 1\n", to: file)
        try Files.setMode(file, 0o700)
    }
}
