import Domain
import Glibc
import Platform
import TestSupport
import Testing
import Transcripts

/// A config folder that is not there yet, and a session that is to come into it.
struct Placing {
    static let id = "0f3c1a52-1111-4222-8333-123456789abc"
    static let cwd = "/home/me/app"
    static let files = [
        "\(id).jsonl": Said.user("one") + "\n" + Said.agent("two") + "\n",
        "\(id)/subagents/agent-x.jsonl": "agent\n", "\(id)/subagents/agent-x.meta.json": "{}",
        "\(id)/tool-results/b1.txt": "result",
    ]

    let scratch: Scratch
    let session: SessionID
    var config: String { scratch.path + "/config" }
    var slug: String { config + "/projects/-home-me-app" }
    var transcript: String { "\(slug)/\(session).jsonl" }

    init() throws {
        scratch = try Scratch()
        session = try #require(SessionID(rawValue: Self.id))
    }

    func placement() throws -> SessionPlacement {
        try #require(SessionPlacement(of: session, for: Self.cwd, in: config, by: ClaudeCode()))
    }

    /// In pieces of three bytes.
    func file(_ name: String, _ text: String) -> SessionPlacement.File {
        var rest = Array(text.utf8)[...]
        return SessionPlacement.File(name: name) {
            defer { rest = rest.dropFirst(3) }
            return rest.isEmpty ? nil : Array(rest.prefix(3))
        }
    }

    func files(_ files: [String: String]) -> [SessionPlacement.File] {
        files.sorted { $0.key < $1.key }.map { file($0.key, $0.value) }
    }

    func place(_ files: [String: String]) throws -> PlacementOutcome { try placement().place(self.files(files)) }

    func placed(_ files: [String: String]) throws -> PlacementReceipt {
        guard case .placed(let receipt) = try place(files) else { throw FileError(path: transcript, number: EEXIST) }
        return receipt
    }

    /// The text of every regular file of the project, by name.
    var tree: [String: String] {
        var tree: [String: String] = [:]
        collect(slug, "", &tree)
        return tree
    }

    private func collect(_ folder: String, _ place: String, _ tree: inout [String: String]) {
        for name in (try? Files.names(in: folder)) ?? [] {
            guard let status = try? Files.status("\(folder)/\(name)", followingLinks: false) else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                collect("\(folder)/\(name)", place + name + "/", &tree)
            } else if status.st_mode & S_IFMT == S_IFREG {
                tree[place + name] = (try? Files.read("\(folder)/\(name)")) ?? "?"
            }
        }
    }

    /// What a placing left behind of its own.
    var hidden: [String] {
        ((try? Files.names(in: config + "/projects")) ?? []).flatMap { slug in
            ((try? Files.names(in: "\(config)/projects/\(slug)")) ?? []).filter { $0.hasPrefix(".") }
        }
    }

    /// Read, not set: it is every test's.
    static var umask: mode_t? {
        let lines = (try? Files.read("/proc/self/status"))?.split(separator: "\n") ?? []
        let digits = lines.first { $0.hasPrefix("Umask:") }?.dropFirst(6).filter(\.isNumber)
        return digits.flatMap { mode_t($0, radix: 8) }
    }

    static let canMount: Bool = {
        guard let scratch = try? Scratch(), mount(scratch.path, kilobytes: 64, isReadOnly: true) else { return false }
        unmount(scratch.path)
        return true
    }()

    /// Has a small disk of its own for config folder.
    func withDisk(kilobytes: Int, isReadOnly: Bool = false, _ body: () throws -> Void) throws {
        try Files.makeFolder(config)
        #expect(Self.mount(config, kilobytes: kilobytes, isReadOnly: isReadOnly))
        defer { Self.unmount(config) }
        try body()
    }

    private static func mount(_ path: String, kilobytes: Int, isReadOnly: Bool) -> Bool {
        let flags = isReadOnly ? UInt(1) : 0
        return unsafe "size=\(kilobytes)k,mode=700".withCString {
            unsafe Glibc.mount("tmpfs", path, "tmpfs", flags, $0) == 0
        }
    }

    private static func unmount(_ path: String) { _ = unsafe umount2(path, 2) }
}
