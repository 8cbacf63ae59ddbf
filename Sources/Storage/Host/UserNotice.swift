internal import Domain
package import Platform
package import Settings

/// One line that the next session's start shows the user, because something is wrong that only a person can mend. The
/// companion writes it; a hook has no time to find out for itself.
package struct UserNotice: Sendable {
    private let path: String

    /// A companion that died cannot take its word back: it counts for so long, in ms.
    private static let lifetime: Int64 = 900_000

    package init(_ state: StateFolder) { path = state.notice }

    /// - Parameter line: nil when there is nothing to say any more.
    package func write(_ line: String?, now: Int64) throws(FileError) {
        guard let line else { return Files.remove(path) }
        try Files.write("\(now)\n\(line)", to: path)
    }

    package func current(now: Int64) -> String? {
        guard let text = try? Files.read(path, limit: 4096), let end = text.firstIndex(of: "\n"),
            let written = Int64(text[..<end]), abs(now - written) < Self.lifetime
        else { return nil }
        return String(text[text.index(after: end)...])
    }
}
