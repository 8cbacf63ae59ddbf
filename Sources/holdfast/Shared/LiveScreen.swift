internal import Glibc
internal import Platform

/// A text that is drawn again in its place until somebody presses q, Esc or Ctrl-C.
struct LiveScreen {
    private static let leave: Set<UInt8> = [UInt8(ascii: "q"), UInt8(ascii: "Q"), 27, 3, 4]

    /// - Throws: what `text` or the terminal throws.
    func run(every pause: Duration, text: () throws -> CleanText) throws {
        var before = termios()
        let isTerminal = unsafe isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            var raw = before
            // Keys come at once and unseen; Ctrl-C is one of them, so that the terminal is left as it was.
            raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        }
        defer {
            if isTerminal { unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before) }
        }
        while true {
            try Terminal.redraw(try text())
            if wantsToLeave(within: pause, isTerminal) { return Terminal.say("") }
        }
    }

    private func wantsToLeave(within pause: Duration, _ isTerminal: Bool) -> Bool {
        let milliseconds = Int32(pause / .milliseconds(1))
        guard isTerminal else {
            usleep(UInt32(milliseconds) * 1000)
            return false
        }
        var stream = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&stream, 1, milliseconds) > 0 else { return false }
        var key: UInt8 = 0
        let count = unsafe read(STDIN_FILENO, &key, 1)
        return count <= 0 || Self.leave.contains(key)
    }
}
