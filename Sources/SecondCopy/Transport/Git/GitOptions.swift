/// Which git, and how long it may take.
package struct GitOptions: Sendable {
    /// A path, or a name that is looked for in PATH.
    package var command = "git"
    /// For what happens on this machine.
    package var localDeadline = Duration.seconds(300)
    /// For what goes over the network. What goes on is not broken off before: a connection that stands still is told sooner
    /// (`http.lowSpeedTime`, `ServerAliveInterval`).
    package var networkDeadline = Duration.seconds(3600)
    /// What was pushed stays on the shelf until it holds so many bytes, then that is made anew, where the server can do
    /// without sending the files again. Otherwise it would be a second second copy.
    package var shelfLimit: Int64 = 1 << 30
    /// Of one call.
    package var mostOutputBytes = 256 << 20

    package init() {}
}

/// The version of a git, of which only the first two numbers matter.
struct GitVersion: Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    /// Settings by the environment, by which ours reach it unseen.
    static let oldest = GitVersion(major: 2, minor: 31)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter words: `git version 2.39.5 (…)`.
    init?(_ words: String) {
        let words = words.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[0] == "git", words[1] == "version" else { return nil }
        let numbers = words[2].split(separator: ".").prefix(2).map { Int($0) }
        guard numbers.count == 2, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.init(major: major, minor: minor)
    }

    static func < (one: GitVersion, other: GitVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }

    var description: String { "git \(major).\(minor)" }
}
