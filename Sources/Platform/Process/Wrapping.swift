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

/// A process that ends a child, and what that has started, should we be killed; see `holdfast_guard`.
package struct Guardian: ~Copyable {
    private let descriptor: Int32

    /// - Parameters:
    ///   - leadsGroup: whether the child leads a group, which then goes too.
    ///   - locks: up to two locked files that it holds until the child is dead.
    package init(of child: SpawnedProcess, leadsGroup: Bool, holding locks: [Int32]) {
        descriptor = holdfast_guard(child.id, leadsGroup, locks.first ?? -1, locks.dropFirst().first ?? -1)
    }

    /// Calls it off: the child has ended.
    package consuming func dismiss() { holdfast_guard_dismiss(descriptor) }
}

/// Both ends of a pipe, which no child inherits unless told to.
package struct Pipe: Sendable {
    package let reading: Int32
    package let writing: Int32

    /// - Throws: `FileError`.
    package init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe holdfast_pipe(&ends) == 0 else { throw FileError(path: "pipe", number: errno) }
        reading = ends[0]
        writing = ends[1]
    }

    /// How many bytes can be read without waiting.
    package static func readableBytes(_ descriptor: Int32) -> Int { Int(holdfast_readable(descriptor)) }
}
