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
}
