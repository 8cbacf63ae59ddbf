internal import Glibc

/// A server of the Model Context Protocol: offers tools to one client over a pair of descriptors.
package struct ToolServer: Sendable {
    private let info: ServerIdentity
    private let tools: [Tool]
    private let limits: Limits
    private let input: Int32
    private let output: Int32

    package init(
        tools: [Tool], name: String = "holdfast", title: String = "Holdfast", version: String, instructions: String,
        limits: Limits = Limits(), input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
    ) {
        info = ServerIdentity(name: name, title: title, version: version, instructions: instructions)
        self.tools = tools
        self.limits = limits
        self.input = input
        self.output = output
    }

    /// Serves until the client has gone, or the task is cancelled.
    ///
    /// Standard input and output are the server's from here on: they are moved away, and a write to standard output goes
    /// to standard error. Call it once, and exit when it returns; a call that hangs may still hold a thread.
    package func run() async {
        // A client that went away is an error of the write, and so a reason to end well.
        signal(SIGPIPE, SIG_IGN)
        let server = Server(info: info, tools: tools, limits: limits, streams: OwnStreams(input: input, output: output))
        // A task of its own, as the cancellation of this one must not cut off the farewell.
        let serving = Task { await server.run() }
        await withTaskCancellationHandler {
            await serving.value
        } onCancel: {
            server.stop()
        }
    }
}

/// What one client may ask of the server, and how long things may take.
package struct Limits: Sendable {
    /// A longer line is skipped to its end.
    package var lineBytes = 4 << 20
    /// How deep JSON may be nested: enough for any call, far from what a stack takes.
    package var nesting = 128
    /// Calls that run at one time; more wait.
    package var running = 16
    /// Calls that may wait; more are refused.
    package var waiting = 4096
    /// Calls that were answered for lack of an answer of their own and have not come back. Each may hold a thread.
    package var abandoned = 64
    /// Answers that a client did not read yet; beyond this nothing more is read from it.
    package var unreadBytes = 16 << 20
    /// How long calls may go on after the input has ended: for `printf … | holdfast mcp`. On a busy machine a call took
    /// longer than 250 ms; the SDK's client waits 2 s for the end, this and `grace`, before it sends a signal.
    package var parting: Duration = .milliseconds(900)
    /// How long cancelled calls, and answers nobody reads, are waited for at the end.
    package var grace: Duration = .milliseconds(1400)

    package init() {}
}

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
