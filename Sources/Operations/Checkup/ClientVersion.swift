internal import Domain
internal import Glibc
internal import Platform
package import Settings

/// The version of a Claude Code client.
package struct ClientVersion: Sendable, Equatable, CustomStringConvertible {
    package let numbers: [Int]
    package var description: String { numbers.map(String.init).joined(separator: ".") }

    /// The oldest that takes our hooks: one that does not know an event of the plugin (`StopFailure` came with it) drops
    /// every hook without a word.
    package static let oldest = ClientVersion(numbers: [2, 1, 81])

    private init(numbers: [Int]) { self.numbers = numbers }

    /// - Parameter text: three numbers, and perhaps words: `2.1.59 (Claude Code)`.
    package init?(_ text: String) {
        let parts = text.prefix { !$0.isWhitespace }.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let numbers = parts.map { Int($0.prefix { $0.isASCII && $0.isNumber }) ?? -1 }
        guard numbers.allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
        self.numbers = numbers
    }

    package var isTooOld: Bool { numbers.lexicographicallyPrecedes(Self.oldest.numbers) }

    /// What that means; one sentence for every surface.
    package var words: String {
        "Claude Code \(self) drops the plugin's hooks in silence, so nothing of its sessions is recorded"
    }

    package static let remedy = "update Claude Code to \(oldest) or newer (claude update)"
}

extension ClientVersion {
    /// That of the client on the PATH, as it says itself.
    /// - Returns: nil where there is none, or it says something else.
    package static func installed() -> ClientVersion? {
        Program.run(["claude", "--version"], environment: Settings.processEnvironment).flatMap {
            $0.exitCode == 0 ? ClientVersion($0.output) : nil
        }
    }

    /// That of a client that is about to be started. Its place tells it mostly (`versions/2.1.332`, the package beside it); an
    /// executable is asked once and its answer kept. A script may be anything and is not run for this.
    package static func of(_ command: String, settings: Settings) -> ClientVersion? {
        guard let path = executable(command, settings.environment).flatMap(Files.realPath) else { return nil }
        let parts = path.split(separator: "/").map { String($0) }
        if let name = parts.last, let version = ClientVersion(name) { return version }
        for count in [1, 2] where parts.count > count {
            let file = "/" + parts.dropLast(count).joined(separator: "/") + "/package.json"
            guard let text = try? Files.read(file), case .object(let package)? = try? JSONValue(parsing: text),
                package["name"] == .string("@anthropic-ai/claude-code"), case .string(let version)? = package["version"]
            else { continue }
            return ClientVersion(version)
        }
        return asked(path, settings)
    }

    private static func asked(_ path: String, _ settings: Settings) -> ClientVersion? {
        guard path.hasSuffix("/claude"), let status = try? Files.status(path),
            let head = try? Files.bytes(path, limit: 4), head.starts(with: [0x7F] + Array("ELF".utf8))
        else { return nil }
        let mark = "\(path) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec)"
        let file = settings.state.clientVersion
        if let kept = try? Files.read(file), let end = kept.firstIndex(of: "\n"), kept[..<end] == mark {
            return ClientVersion(String(kept[kept.index(after: end)...]))
        }
        let answer = Program.run([path, "--version"], environment: settings.environment, patience: .seconds(5))
        guard let answer, answer.exitCode == 0 else { return nil }
        // Asked again next time, should it not be kept.
        try? Files.write(mark + "\n" + String(answer.output.prefix(80)), to: file)
        return ClientVersion(answer.output)
    }

    private static func executable(_ command: String, _ environment: [String: String]) -> String? {
        if command.utf8.contains(UInt8(ascii: "/")) { return command }
        return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(command)" }.first(
            where: Files.isExecutable)
    }
}
