internal import Glibc

/// Waiting for a descriptor, up to a deadline that pieces of what is waited for do not move.
package enum Readiness {
    package enum Event: Sendable {
        case readable
        case readableOrWritable
    }

    /// Waits until something can be read, its end too, or written.
    /// - Returns: false when the time is over first.
    package static func wait(for event: Event = .readable, of descriptor: Int32, before watch: Stopwatch) -> Bool {
        let events = event == .readable ? POLLIN : POLLIN | POLLOUT
        var stream = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            // Rounded up: a wait of no milliseconds would go round and round.
            let milliseconds = (watch.left / .milliseconds(1)).rounded(.up)
            guard milliseconds > 0 else { return false }
            let count = unsafe poll(&stream, 1, Int32(min(milliseconds, 1e9)))
            // What poll itself cannot wait for, reading and writing will tell of.
            if count > 0 || count < 0 && errno != EINTR { return true }
        }
    }
}
