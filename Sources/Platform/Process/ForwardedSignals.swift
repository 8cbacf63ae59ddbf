internal import CPlatform
internal import Glibc

/// The signals that a wrapper passes on to what it wraps, and the end of a child: read from a descriptor, so that one
/// `poll` waits for them and for all else.
package struct ForwardedSignals: ~Copyable {
    package struct Signal: Sendable {
        package let number: Int32
        /// The kernel sent it to the whole foreground group, as a terminal does for Ctrl-C.
        package let isFromTerminal: Bool
    }

    package let descriptor: Int32

    /// Holds them back from now on.
    /// - Throws: `FileError`.
    package init() throws(FileError) {
        descriptor = holdfast_signal_descriptor()
        guard descriptor >= 0 else { throw FileError(path: "signals", number: errno) }
    }

    deinit { close(descriptor) }

    /// - Returns: nil when none waits.
    package func next() -> Signal? {
        let signal = holdfast_next_signal(descriptor)
        return signal.number == 0 ? nil : Signal(number: signal.number, isFromTerminal: signal.from_terminal)
    }
}
