internal import CPlatform
internal import Glibc

/// What every executable does first.
package enum StandardStreams {
    /// A reader that went away becomes an error of the write, not the end of the process; and no file or socket comes to
    /// lie on 0, 1 or 2, where a caller closed them.
    package static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // Who ignores its children's ends hands that on, and then nobody hears of the end of ours.
        signal(SIGCHLD, SIG_DFL)
        holdfast_fill_standard_streams()
    }

    /// Whether the reader of our output has gone; false where it is a file, a terminal or /dev/null.
    package static var isOutputClosed: Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return unsafe poll(&output, 1, 0) > 0 && output.revents & Int16(POLLERR | POLLHUP) != 0
    }
}
