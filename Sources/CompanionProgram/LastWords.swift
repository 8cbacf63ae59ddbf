internal import Domain
internal import Glibc
internal import Platform

/// All that the companion says itself goes through here, its log apart: what steers a terminal is shown, not obeyed.
enum LastWords {
    /// One line on stderr.
    static func say(_ message: String) {
        try? Files.write(Array((VisibleText.line(message) + "\n").utf8)[...], to: STDERR_FILENO, named: "stderr")
    }
}
