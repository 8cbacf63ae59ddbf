internal import Glibc

/// A line on stderr that says how far something is, where stderr is a terminal.
struct ProgressBar {
    private let title: String
    private let isShown: Bool

    init(_ title: String, isShown: Bool) {
        self.title = title
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    func show(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let filled = 30 * done / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        Terminal.write("\r\(title) \(bar) \(done)/\(total)\u{1b}[K")
    }

    func clear() {
        if isShown { Terminal.write("\r\u{1b}[K") }
    }
}
