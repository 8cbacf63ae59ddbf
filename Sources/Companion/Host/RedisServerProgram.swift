internal import Domain
internal import Platform
internal import Settings
internal import Storage

/// The program that keeps the registry: the system's, which its updates reach, where it is new enough; else the one that
/// was installed beside this companion.
struct RedisServerProgram: Sendable, Equatable {
    /// Scripts say by flags what they may do without memory, which older ones do not understand.
    static let oldest = Version(major: 7, minor: 0)

    struct Version: Sendable, Equatable, Comparable, CustomStringConvertible {
        var major: Int
        var minor: Int

        var description: String { "\(major).\(minor)" }

        static func < (one: Version, other: Version) -> Bool {
            (one.major, one.minor) < (other.major, other.minor)
        }

        /// - Parameter output: what `--version` prints: `Redis server v=7.0.15 sha=…`.
        init?(_ output: String) {
            guard let word = output.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("v=") }) else {
                return nil
            }
            let numbers = word.dropFirst(2).split(separator: ".").map { Int($0) }
            guard numbers.count > 1, let major = numbers[0], let minor = numbers[1] else { return nil }
            self.init(major: major, minor: minor)
        }

        init(major: Int, minor: Int) {
            self.major = major
            self.minor = minor
        }
    }

    enum Failure: Error, Equatable, CustomStringConvertible {
        /// None will do: what those say that cannot be run, and which are too old.
        case none(broken: [String], tooOld: [String])

        var description: String {
            guard case .none(let broken, let tooOld) = self else { return "" }
            var reasons = broken.map { "redis-server did not start: \($0)" }
            if !tooOld.isEmpty {
                reasons.append(
                    "\(tooOld.joined(separator: ", ")) is too old, \(RedisServerProgram.oldest) or later is needed")
            }
            if reasons.isEmpty { reasons = ["redis-server is not on PATH"] }
            return "\(reasons.joined(separator: "; ")); \(RedisServerProgram.way), or set redis.url in holdfast.json"
        }
    }

    var path: String

    /// The first of the candidates that is new enough.
    /// - Parameters:
    ///   - candidates: names on PATH, or paths.
    ///   - ask: what a program says of its version; nil where there is none.
    static func choose(
        of candidates: [String], asking ask: (String) -> Program.Result?
    ) throws(Failure) -> RedisServerProgram {
        var tooOld: [String] = [], broken: [String] = []
        for candidate in candidates {
            guard let said = ask(candidate) else { continue }
            guard said.exitCode == 0, let version = Version(said.output) else {
                let words = said.output.split(whereSeparator: \.isNewline).first.map(String.init)
                broken.append(words ?? "\(candidate) --version exited with \(said.exitCode)")
                continue
            }
            if version >= oldest { return RedisServerProgram(path: candidate) }
            tooOld.append("\(candidate) \(version)")
        }
        throw .none(broken: broken, tooOld: tooOld)
    }

    static func find() throws(Failure) -> RedisServerProgram {
        try choose(of: candidates) { program in
            Program.run([program, "--version"], environment: Settings.processEnvironment, patience: .seconds(5))
        }
    }

    private static var candidates: [String] {
        let own = CompanionStarter.executable() ?? ""
        let folder = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? "."
        return ["redis-server", "valkey-server", folder + "/../libexec/holdfast/redis-server"]
    }

    /// How to get one on this distribution.
    static var way: String {
        way(release: (try? Files.read("/etc/os-release")) ?? "")
    }

    /// - Parameter release: the content of `/etc/os-release` (freedesktop.org, os-release(5)).
    static func way(release: String) -> String {
        let words = release.split(separator: "\n").filter { $0.hasPrefix("ID=") || $0.hasPrefix("ID_LIKE=") }
            .flatMap { $0.drop { $0 != "=" }.dropFirst().split { " \"'".contains($0) } }
        let ways: [(of: [Substring], command: String)] = [
            (["debian", "ubuntu"], "apt install redis-server"), (["alpine"], "apk add redis"),
            (["fedora", "rhel", "centos"], "dnf install redis, or dnf install valkey"),
            (["arch"], "pacman -S valkey"), (["suse", "opensuse"], "zypper install redis"),
        ]
        let known = ways.first { way in words.contains { way.of.contains($0) } }
        return known.map { "install it: \($0.command)" } ?? "install Redis \(oldest) or later, or Valkey"
    }
}
