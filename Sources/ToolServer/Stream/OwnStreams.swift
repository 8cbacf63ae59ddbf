internal import Glibc

/// Descriptors of the server's own in the place of standard input and output.
///
/// What a tool, or a library of it, prints goes to standard error instead of into the protocol, and a program it starts
/// holds no end of the client's pipes: the client would wait for it after we have gone.
struct OwnStreams {
    let input: Int32
    let output: Int32

    init(input: Int32, output: Int32) {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        self.input = input == STDIN_FILENO ? Self.move(input, replacement: null) : input
        let errors = fcntl(STDERR_FILENO, F_GETFD) < 0 ? null : STDERR_FILENO
        self.output = output == STDOUT_FILENO ? Self.move(output, replacement: errors) : output
        if null > STDERR_FILENO { close(null) }
    }

    /// - Returns: the descriptor itself when it cannot be moved; then it must do where it is.
    private static func move(_ descriptor: Int32, replacement: Int32) -> Int32 {
        let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard moved >= 0 else { return descriptor }
        if replacement >= 0 { dup2(replacement, descriptor) }
        return moved
    }
}
