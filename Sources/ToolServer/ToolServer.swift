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
